import type { Container } from '../../model/document/container.ts';
import type { Mount } from '../../model/document/isolation.ts';
import { pathDocument } from '../../model/layers/path-document.ts';
import { replacedKind } from '../../model/layers/replaced.ts';
import { mountedOver } from '../../model/layers/resolve-path.ts';
import { type TreeLine, treeLines } from '../../model/layers/tree.ts';
import type { ChangeState, MergedEntry } from '../../model/layers/union.ts';
import { shownInstruction } from '../../present/instruction.ts';
import { pathSentence } from '../../present/layers-path.ts';
import { displayWidth, fitText, printable, shorten } from '../../present/printable.ts';
import { formatBytesShort, formatCount, UNKNOWN } from '../../present/units.ts';
import { bold, fitRow, type Row, select, span, type Tone, wrap } from '../rows.ts';
import type { Cursor, TreeView, View } from '../state.ts';
import { type Body, selectedIndex } from './body.ts';
import { problemRows } from './empty-list.ts';

type Listed = {
  readonly of: TreeView;
  readonly mounts: Container['mounts'];
  readonly lines: readonly TreeLine[];
};

const known = new WeakMap<object, Listed>();

/** What is listed now: the tree as it is opened, or what was found. */
export function shownLines(view: View): readonly TreeLine[] {
  if (view.name !== 'container' || view.tree.listed === null) {
    return [];
  }
  const { tree } = view;
  const { mounts } = view.seen;
  if (tree.search !== null) {
    return (tree.found?.found ?? []).map((entry) => ({ depth: 0, entry, isOpen: false }));
  }
  const { directories } = view.tree.listed;
  const before = known.get(directories);
  if (
    before?.of.opened === tree.opened &&
    before.mounts === mounts &&
    before.of.closed === tree.closed &&
    before.of.changesOnly === tree.changesOnly
  ) {
    return before.lines;
  }
  const lines = treeLines(directories, tree, mounts ?? []);
  known.set(directories, { of: tree, mounts, lines });
  return lines;
}

/** Letters as `docker diff` has them; a dot: something in it changed. */
const STATES: { readonly [state in Exclude<ChangeState, null>]: readonly [string, Tone] } = {
  added: ['A', 'good'],
  changed: ['C', 'warn'],
  deleted: ['D', 'bad'],
  within: ['·', 'dim'],
};

/** From so many columns on there is room for owner, mode and a note beside each name. */
const WIDE = 90;

/** Of the rows above the tree the last ones say of the selected path where it comes from: three where it is wide. */
const SAYS_ROWS = 2;

export function treeBody(container: Container, view: View, tree: TreeView, cursor: Cursor, width: number): Body {
  const lines = shownLines(view);
  const mounts = container.mounts ?? [];
  const isSearch = tree.search !== null;
  const entryAt = (index: number): MergedEntry | null => {
    const line = lines[index];
    return line !== undefined && 'entry' in line ? line.entry : null;
  };
  const body: Body = {
    head: [],
    count: lines.length,
    selectable: true,
    keyAt: (index) => entryAt(index)?.path ?? null,
    line: (index, selected) => {
      const line = lines[index];
      return line === undefined ? [] : lineRow(line, { mounts, width, selected, isSearch });
    },
    columnAt: () => null,
    copyAt: (index) => entryAt(index)?.path ?? null,
  };
  const selected = entryAt(selectedIndex(body, cursor));
  return { ...body, head: [...headRows(tree, width), ...saysRows(container, selected, width), titleRow(width)] };
}

/** How far a search is, what is left out, and what rights hide. */
function headRows({ listed, found, search, changesOnly }: TreeView, width: number): readonly Row[] {
  const rows: Row[] = [];
  if (search !== null) {
    const far = found === null ? '' : `${found.found.length} found among ${formatCount(found.entries)} names`;
    const states = {
      running: `, looking in ${printable(found?.directory ?? '/')} …  Esc ends it`,
      done: '  Esc back to the tree',
      full: ', and no more are looked for',
    };
    rows.push([
      span(' '),
      bold(`“${printable(search)}”`, 'accent'),
      span(shorten(` ${far}${states[found?.state ?? 'running']}`, width - displayWidth(search) - 4)),
    ]);
  } else if (changesOnly) {
    rows.push([span(' '), bold('only what the container changed', 'accent'), span('  o shows all', 'dim')]);
  }
  if (listed?.isFull === true) {
    rows.push([span(' not all of it: close some directories', 'warn')]);
  }
  if (listed?.everyMs != null) {
    const seconds = Math.ceil(listed.everyMs / 1000);
    rows.push([span(` much is open: it is looked at again every ${seconds} s`, 'dim')]);
  }
  return [...rows, ...(listed?.problems ?? []).flatMap((problem) => problemRows(problem, width).slice(0, 2))];
}

function saysRows(container: Container, entry: MergedEntry | null, width: number): readonly Row[] {
  const room = SAYS_ROWS + (width >= WIDE ? 1 : 0);
  const first = entry === null ? [] : entrySays(container, entry).flatMap((text) => wrap(text, width - 2));
  const made = entry === null ? '' : madeSays(container, entry);
  const says = [...first, ...wholeRows(made, width - 2, room - first.length)];
  return Array.from({ length: room }, (_, at): Row => {
    const isLast = at === room - 1 && says.length > room;
    return [span(' '), span(isLast ? `${shorten(says[at] ?? '', width - 4)} …` : (says[at] ?? ''), 'accent')];
  });
}

/** The path, who provides it and what covers it, in sentences. */
function entrySays(container: Container, entry: MergedEntry): readonly string[] {
  const document = pathDocument(container, entry);
  const over = document.mountedOver;
  return [
    `${printable(entry.path)}: ${pathSentence(document)}`,
    ...(over === null
      ? []
      : [
          `in no layer, nor in a commit: ${over.kind} of ${printable(over.source)}${over.target === entry.path ? '' : ` at ${printable(over.target)}`}`,
        ]),
  ];
}

/** The instruction that made the branch which provides the path, or deletes it; empty where it is unknown. */
function madeSays({ layers }: Container, { version, deletedBy }: MergedEntry): string {
  const index = version?.index ?? deletedBy?.index;
  const createdBy = layers?.branches.find((branch) => branch.index === index)?.createdBy ?? null;
  return createdBy === null ? '' : `${index}: ${shownInstruction(createdBy)}`;
}

/** A text in as many rows as it takes; the last one cut in its middle where there are fewer. */
function wholeRows(text: string, width: number, most: number): readonly string[] {
  if (text === '' || most <= 0) {
    return [];
  }
  const rows = wrap(text, width);
  const last = rows.slice(most - 1).join(' ');
  return last === '' ? rows : [...rows.slice(0, most - 1), shorten(last, width)];
}

function titleRow(width: number): Row {
  const wide = width >= WIDE;
  const left = `   ${'FROM'.padStart(4)} ${wide ? `${'MODE'.padEnd(6)}${'OWNER'.padEnd(12)}` : ''}${'SIZE'.padStart(6)} `;
  const note = noteWidth(width);
  const name = width - left.length - note;
  return [span(left, 'dim'), span(`${'NAME'.padEnd(Math.max(0, name))}`, 'dim'), span(note > 0 ? 'WHY' : '', 'dim')];
}

function noteWidth(width: number): number {
  return width >= WIDE ? Math.floor(width / 3) : width >= 50 ? 16 : 0;
}

type Drawing = {
  readonly mounts: readonly Mount[];
  readonly width: number;
  readonly selected: boolean;
  readonly isSearch: boolean;
};

/** A directory in place of one that is hidden is a change, though both are alike. */
function markOf({ state, version, shadows }: MergedEntry): readonly [letter: string, tone: Tone | undefined] {
  if (state === null) {
    return [' ', undefined];
  }
  const isReplaced = version !== null && replacedKind(version.index, version.kind, shadows) !== null;
  return STATES[state === 'within' && isReplaced ? 'changed' : state];
}

function lineRow(line: TreeLine, { mounts, width, selected, isSearch }: Drawing): Row {
  if (!('entry' in line)) {
    return [span(' '.repeat(16 + 2 * line.depth)), span(line.says, 'dim')];
  }
  const { entry, depth, isOpen } = line;
  const [letter, tone] = markOf(entry);
  const over = mountedOver(entry.path, mounts);
  const wide = width >= WIDE;
  const { version } = entry;
  const disk = version?.entry ?? null;
  const left: Row = [
    selected ? bold('▸', 'accent') : span(' '),
    bold(letter, tone),
    span(over === null ? ' ' : 'M', 'accent'),
    span(`${version === null ? UNKNOWN : version.index}`.padStart(4), entry.kind === 'deleted' ? 'dim' : undefined),
    span(' '),
    ...(wide
      ? [
          span((disk === null ? UNKNOWN : modeOf(disk.mode)).padEnd(6), 'dim'),
          span(fitText(disk === null ? UNKNOWN : `${disk.uid}:${disk.gid}`, 11), 'dim'),
          span(' '),
        ]
      : []),
    span(disk === null || disk.kind !== 'file' ? '     –' : formatBytesShort(disk.sizeBytes).padStart(6), 'dim'),
    span(' '),
  ];
  const used = left.reduce((sum, { text }) => sum + text.length, 0);
  const note = noteWidth(width);
  const nameTone = over !== null ? 'dim' : tone;
  const name = nameRow(entry, { depth, isOpen, isSearch, room: width - used - note - 1, tone: nameTone });
  const row = [
    ...left,
    ...fitRow(name, Math.max(0, width - used - note)),
    ...(note > 0 ? [span(fitText(noteOf(entry, over, wide), note), over === null ? 'dim' : 'accent')] : []),
  ];
  return selected ? select(row) : row;
}

type Naming = {
  readonly depth: number;
  readonly isOpen: boolean;
  readonly isSearch: boolean;
  readonly room: number;
  readonly tone: Tone | undefined;
};

function nameRow(entry: MergedEntry, { depth, isOpen, isSearch, room, tone }: Naming): Row {
  const { kind, directory, version } = entry;
  const sign = directory === null || isSearch ? '  ' : isOpen ? '▾ ' : '▸ ';
  const target = version?.entry.marks.target;
  const name = isSearch ? printable(entry.path) : printable(entry.name);
  const end = kind === 'dir' ? '/' : target == null ? '' : ` → ${printable(target)}`;
  // Deep directories go no further to the right than a third of the room.
  const indent = '  '.repeat(Math.min(depth, Math.max(0, Math.floor(room / 6))));
  return [span(indent), span(sign, 'dim'), span(shorten(name + end, Math.max(4, room - indent.length - 2)), tone)];
}

/** In a few words why it is so. */
function noteOf(entry: MergedEntry, over: Mount | null, wide: boolean): string {
  if (over !== null) {
    return wide ? `${over.kind}: in no layer or commit` : `${over.kind} over it`;
  }
  const { version, shadows, state, deletedBy, path } = entry;
  const there = shadows.filter(({ kind }) => kind !== 'whiteout' && kind !== 'opaque');
  if (version === null) {
    const by = deletedBy === null ? '' : deletedBy.path === path ? ` by ${deletedBy.index}` : ' with the one above';
    const was = there.length === 0 ? '' : `was in ${indexes(there)}`;
    return wide ? `deleted${by}${was === '' ? '' : `, ${was}`}` : was;
  }
  const hidden = there.filter(({ merged, index }) => !merged && index !== entry.dataFrom);
  return [
    ...(state === 'added' ? ['new'] : state === 'changed' ? ['changed'] : []),
    ...(hidden.length === 0 ? [] : [`hides ${indexes(hidden)}`]),
    ...(there.some(({ merged }) => merged) ? [`with ${indexes(there.filter(({ merged }) => merged))}`] : []),
  ].join(', ');
}

function indexes(versions: readonly { readonly index: number }[]): string {
  return [...new Set(versions.map(({ index }) => index))].join(' ');
}

/** inode(7): the bits below the type. */
export function modeOf(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}
