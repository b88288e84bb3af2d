import { printable } from './printable.ts';

/** What the builders put before a command: its build arguments, the shell, and the mark of what ran nothing. */
const SHELL = /^(RUN )?(?:\|\d+ .*?)?\/bin\/sh -c (?:#\(nop\) *)?/;
const BUILDER = / # buildkit$/;

/** The instruction of an image's history on one line, as a Dockerfile has it: without the shell that it was given to. */
export function shownInstruction(createdBy: string): string {
  const line = createdBy.replaceAll(/\s+/g, ' ').trim();
  const bare = line.replace(SHELL, '$1').replace(BUILDER, '');
  return printable(bare === '' ? line : bare);
}
