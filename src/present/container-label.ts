import type { Container } from '../model/document/container.ts';
import { printable } from './printable.ts';

/** What a person calls it: its name, else the engine's short id, else what its init runs: `(unshare)`. */
export function containerLabel(container: Container): string {
  if (container.name !== null && container.name !== '') {
    return printable(container.name);
  }
  if (!container.id.startsWith('pid:')) {
    return printable(container.shortId);
  }
  return container.init === null ? printable(container.id) : `(${printable(container.init.comm)})`;
}

/** The engine's name; `–` for what no engine made. */
export function engineLabel(container: Container): string {
  return container.engine === 'unknown' ? '–' : container.engine;
}

/** The init's command line in one line, else its name. */
export function commandLabel(process: { readonly argv: readonly string[] | null; readonly comm: string }): string {
  const { argv, comm } = process;
  return printable(argv === null || argv.length === 0 ? `[${comm}]` : argv.join(' '));
}
