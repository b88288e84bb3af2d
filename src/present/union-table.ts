import type { EntryKind } from '../model/layers/entry.ts';
import type { ListedEntry } from '../model/layers/list-union.ts';
import { replacedKind } from '../model/layers/replaced.ts';
import { ABOVE, BELOW, WRITABLE } from '../model/layers/two-branches.ts';
import type { MergedEntry, Shadow } from '../model/layers/union.ts';
import { displayWidth, fitText, printable, shorten } from './printable.ts';

/** A piece of a line. `hidden`: there, but not seen in the union. */
export type UnionSpan = { readonly text: string; readonly tone: 'plain' | 'hidden' | 'written' | 'deleted' };

type Cells = { readonly cells: readonly UnionSpan[]; readonly note: UnionSpan };

const TITLES = ['A', '+ B, above', '+ writable', '= C', ''] as const;
const COLUMNS = [BELOW, ABOVE, WRITABLE] as const;
const NAMES: { readonly [index: number]: string } = { [BELOW]: 'A', [ABOVE]: 'B', [WRITABLE]: 'the writable branch' };

const GAP = 2;
/** Below this a shortened name tells nothing. */
const NARROWEST = 8;

/**
 * A union of two directories: for each name what A has, what B has, what was written, and what is seen, with the reason.
 * `width`: columns of the terminal; null where nothing has to fit. The first line has the titles.
 */
export function unionTable(entries: readonly ListedEntry[], width: number | null): readonly (readonly UnionSpan[])[] {
  const rows: readonly Cells[] = [
    { cells: TITLES.slice(0, 4).map(plain), note: plain(TITLES[4]) },
    ...entries.map(({ depth, entry }) => ({ cells: cellsOf(depth, entry), note: unionNote(entry) })),
  ];
  const natural = [0, 1, 2, 3].map((at) => Math.max(...rows.map(({ cells }) => displayWidth(cells[at]?.text ?? ''))));
  const note = Math.max(...rows.map((row) => displayWidth(row.note.text)));
  const widths = width === null ? natural : narrowed(natural, width - note - GAP * natural.length);
  const taken = widths.reduce((sum, each) => sum + each + GAP, 0);
  return rows.map(({ cells, note }) => [
    ...cells.map(({ text, tone }, at): UnionSpan => {
      return { text: fitText(text, widths[at] ?? 0) + ' '.repeat(GAP), tone };
    }),
    width === null ? note : { ...note, text: shorten(note.text, Math.max(0, width - taken)) },
  ]);
}

/** Takes from the widest until all fit into `room`, or nothing more can be taken. */
function narrowed(natural: readonly number[], room: number): readonly number[] {
  const widths = [...natural];
  for (let excess = widths.reduce((sum, each) => sum + each, 0) - room; excess > 0; excess -= 1) {
    const widest = Math.max(...widths);
    if (widest <= NARROWEST) {
      break;
    }
    widths[widths.indexOf(widest)] = widest - 1;
  }
  return widths;
}

function cellsOf(depth: number, entry: MergedEntry): readonly UnionSpan[] {
  const indent = '  '.repeat(depth);
  const branches = COLUMNS.map((index): UnionSpan => {
    const found = versionsOf(entry).find((version) => version.index === index && version.kind !== 'opaque');
    if (found === undefined) {
      return plain('');
    }
    const isSeen = found === entry.version || found.merged;
    const name = found.path.slice(found.path.lastIndexOf('/') + 1);
    if (found.kind === 'whiteout') {
      return { text: `${indent}${printable(name)} (whiteout)`, tone: 'deleted' };
    }
    const tone = !isSeen ? 'hidden' : index === WRITABLE ? 'written' : 'plain';
    const opaque = entry.shadows.some((shadow) => shadow.index === index && shadow.kind === 'opaque');
    return { text: `${indent}${marked(name, found.entry.kind)}${opaque ? ' (opaque)' : ''}`, tone };
  });
  return [...branches, plain(entry.kind === 'deleted' ? '' : indent + marked(entry.name, entry.kind))];
}

/** As `ls -F` marks them. */
const MARKS: { readonly [kind in EntryKind]: string } = {
  file: '',
  dir: '/',
  symlink: '@',
  char: '',
  block: '',
  fifo: '|',
  socket: '=',
};

function marked(name: string, kind: EntryKind): string {
  return printable(name) + MARKS[kind];
}

/** Where what is seen of a name comes from, or why nothing is. */
function unionNote(entry: MergedEntry): UnionSpan {
  const { version, state } = entry;
  const hidden = namesOf(versionsOf(entry).filter((each) => each !== version && !each.merged && isThere(each)));
  if (version === null) {
    return { text: `deleted: ${hiderText(entry)} hides ${owned(hidden)}`, tone: 'deleted' };
  }
  const merged = namesOf([version, ...entry.shadows.filter((each) => each.merged && isThere(each))]);
  if (version.index !== WRITABLE) {
    return plain(sourceText(version, merged, hidden));
  }
  switch (state) {
    case 'added':
      return { text: 'new: in the writable branch alone', tone: 'written' };
    case 'changed':
      return { text: replacedText(entry, version, hidden) ?? changedText(version, merged, hidden), tone: 'written' };
    case 'within':
      return { text: replacedText(entry, version, hidden) ?? `${merged}: something in it changed`, tone: 'written' };
    case 'deleted':
    case null:
      return { text: 'a copy, nothing in it changed', tone: 'written' };
  }
}

function sourceText(version: Shadow, merged: string, hidden: string): string {
  if (version.kind === 'dir' && merged.includes(' and ')) {
    return `${merged} together`;
  }
  return `from ${NAMES[version.index]}${hidden === '' ? '' : `, which hides ${owned(hidden)}`}`;
}

/** Null where what is written is no other thing than what was there. */
function replacedText({ shadows }: MergedEntry, { index, kind }: Shadow, hidden: string): string | null {
  const replaced = replacedKind(index, kind, shadows);
  if (replaced === null) {
    return null;
  }
  return replaced === kind
    ? `replaced: opaque, hides ${owned(hidden)}`
    : `replaced: a ${kind}, hides ${owned(hidden)} ${replaced}`;
}

function changedText({ kind }: Shadow, merged: string, hidden: string): string {
  if (kind === 'dir') {
    return `${merged}: itself changed`;
  }
  return hidden === '' ? 'changed' : `changed: a copy, ${owned(hidden)} stays`;
}

function hiderText({ deletedBy, path }: MergedEntry): string {
  if (deletedBy === null || deletedBy.path !== path) {
    return 'the new directory';
  }
  return deletedBy.kind === 'whiteout' ? 'a whiteout' : `a ${deletedBy.kind}`;
}

function versionsOf({ version, shadows }: MergedEntry): readonly Shadow[] {
  return version === null ? shadows : [version, ...shadows];
}

function isThere({ kind }: Shadow): boolean {
  return kind !== 'whiteout' && kind !== 'opaque';
}

/** `A`, `A and B`: from the lowest up, without the writable branch. */
function namesOf(versions: readonly Shadow[]): string {
  return [BELOW, ABOVE]
    .filter((index) => versions.some((version) => version.index === index))
    .map((index) => NAMES[index])
    .join(' and ');
}

/** `A’s`, `A’s and B’s`. */
function owned(names: string): string {
  return names
    .split(' and ')
    .map((name) => `${name}’s`)
    .join(' and ');
}

function plain(text: string): UnionSpan {
  return { text, tone: 'plain' };
}
