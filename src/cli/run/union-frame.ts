import type { ListedEntry, ListedUnion } from '../../model/layers/list-union.ts';
import { toAscii } from '../../present/ascii.ts';
import { displayWidth, printable, shorten } from '../../present/printable.ts';
import { type UnionSpan, unionTable } from '../../present/union-table.ts';
import type { Output } from '../output.ts';
import { painted } from './union-text.ts';

type Size = { readonly columns: number; readonly rows: number };

/** What is on the screen: the lines above and below the table, and from which entry on the table is shown. */
type Scene = {
  readonly head: readonly string[];
  readonly foot: readonly string[];
  readonly listed: ListedUnion;
  readonly top: number;
};

/** The table's titles, and the line that tells of what is out of sight. */
const AROUND = 2;

/** Entries for which there is room below and above so many lines. */
export function tableRoom({ head, foot }: Pick<Scene, 'head' | 'foot'>, rows: number): number {
  return Math.max(1, rows - head.length - foot.length - AROUND);
}

/** Every line of the screen, in its full width. */
export function frame({ head, foot, listed, top }: Scene, { columns, rows }: Size, output: Output): readonly string[] {
  const room = tableRoom({ head, foot }, rows);
  const [titles = [], ...table] = unionTable(listed.entries, columns);
  const note = [
    beyond(listed, top, room),
    ...listed.unread.slice(0, 1).map(({ path }) => `${printable(path)} cannot be read in one of them`),
  ].filter((text) => text !== '');
  const body = [...head.map(plain), titles, ...table.slice(top, top + room), plain(note.join(' · '))];
  const above = body.slice(0, Math.max(0, rows - foot.length));
  const gap = Array.from({ length: Math.max(0, rows - above.length - foot.length) }, () => plain(''));
  return [...above, ...gap, ...foot.map(plain)]
    .slice(0, rows)
    .map((line) => painted(fitted(line, columns, output.utf8), output));
}

/** How much is out of sight, and what of it was written; empty where all is seen. */
function beyond({ entries, more }: ListedUnion, top: number, room: number): string {
  const parts = [
    ['above', entries.slice(0, top)],
    ['below', entries.slice(top + room)],
  ] as const;
  const told = parts.flatMap(([where, hidden]) => {
    const written = hidden.filter(isWritten).length;
    return hidden.length === 0
      ? []
      : [`${hidden.length} ${where}${written === 0 ? '' : `, ${written} of them changed`}`];
  });
  return [...(told.length === 0 ? [] : [`… ${told.join(' · ')}`]), ...(more ? ['and more, not listed'] : [])].join(
    ' · ',
  );
}

function isWritten({ entry: { state } }: ListedEntry): boolean {
  return state !== null && state !== 'within';
}

/** Keys by what a terminal sends for them, in both of its modes for cursor keys: entries to go, or to an end. */
const UP = ['k', '\u001b[A', '\u001bOA'];
const DOWN = ['j', '\u001b[B', '\u001bOB'];
const PAGE_UP = ['\u0015', '\u001b[5~'];
const PAGE_DOWN = ['\u001b[6~'];
const HOME = ['g', '\u001b[H', '\u001bOH', '\u001b[1~'];
const END = ['G', '\u001b[F', '\u001bOF', '\u001b[4~'];

/** From where on the table is shown after a key; unbounded: `within` bounds it. Null: the key does not scroll. */
export function scrolled(top: number, key: string, room: number): number | null {
  const steps = [
    [UP, -1],
    [DOWN, 1],
    [PAGE_UP, -room],
    [PAGE_DOWN, room],
    [HOME, Number.NEGATIVE_INFINITY],
    [END, Number.POSITIVE_INFINITY],
  ] as const;
  const step = steps.find(([keys]) => keys.includes(key));
  return step === undefined ? null : top + step[1];
}

/** `top` where it leaves no room empty; `reveal` is the entry that must be seen, -1 for none. */
export function within(top: number, count: number, room: number, reveal: number): number {
  const wanted = reveal < 0 ? top : Math.max(reveal - room + 1, Math.min(top, reveal));
  return Math.max(0, Math.min(wanted, count - room));
}

/** What was typed, key by key: what is typed fast comes as one. */
export function typedKeys(typed: string): readonly string[] {
  return typed.match(/\u001b(?:\[[\d;]*[A-Za-z~]|O[A-Z])|./gs) ?? [];
}

function plain(text: string): readonly UnionSpan[] {
  return [{ text, tone: 'plain' }];
}

/** Cut or padded to `width` columns. */
function fitted(line: readonly UnionSpan[], width: number, utf8: boolean): readonly UnionSpan[] {
  let left = width;
  const spans = line.map(({ text, tone }): UnionSpan => {
    const cut = shorten(utf8 ? text : toAscii(text), left);
    left -= displayWidth(cut);
    return { text: cut, tone };
  });
  return [...spans, { text: ' '.repeat(Math.max(0, left)), tone: 'plain' }];
}
