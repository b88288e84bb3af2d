import { displayWidth, printable } from '../../present/printable.ts';
import type { Step } from '../../runtime/plan/step.ts';

/** Long texts, a filter's bytes or a path of 64 digits twice, would hide what matters. */
const LONGEST = 160;

/** Further lines stand this much further in, so that the first of each step can be told. */
const HANGING = 2;

/** Which part of the container a step builds, as its heading: one of the three walls, or where the rest is done. */
export function stepGroup({ phase, changes }: Step): string {
  if (phase === 'monitor') return 'after the command: what is recorded and taken down';
  switch (changes) {
    case 'namespace':
    case 'network':
      return 'namespaces: what it sees';
    case 'cgroup':
      return 'cgroups: what it may use';
    case 'mount':
      return 'root: what it stands on';
    case 'security':
    case 'process':
    case 'state':
      return phase === 'host' ? 'on the host: what it takes to start' : 'in the container: its rights and its process';
  }
}

/** Shortened, fit for a terminal, and in lines of `width` columns that end between words; a longer word stays whole. */
export function stepText(text: string, indent: number, width: number): string {
  const short = text.replace(/[0-9a-f]{52}(?=\b)/g, '…');
  const shown = printable(short.length > LONGEST ? `${short.slice(0, LONGEST)}…` : short);
  const lines: string[] = [];
  let line = ' '.repeat(indent);
  let words = 0;
  // Spaces belong to the word before them: columns stay columns.
  for (const word of shown.match(/^ +|[^ ]+ */g) ?? []) {
    if (words > 0 && displayWidth(line + word.trimEnd()) > width) {
      lines.push(line.trimEnd());
      line = ' '.repeat(indent + HANGING);
      words = 0;
    }
    line += word;
    if (word.trim() !== '') words++;
  }
  return [...lines, line.trimEnd()].join('\n');
}
