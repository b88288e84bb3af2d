import type { Container } from '../../model/document/container.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { type NamespaceRow, namespaceColumns } from '../../present/columns/namespaces.ts';
import { type Standing, standing } from '../../present/namespace-letters.ts';
import { fitText } from '../../present/printable.ts';
import { type Row, span, type Tone } from '../rows.ts';
import type { UiState } from '../state.ts';
import type { Body } from './body.ts';
import { bullet, section } from './fields.ts';
import { sharingTones } from './sharing-tones.ts';
import { type TableSpec, tableBody } from './table.ts';

type Context = ReadonlyMap<number, Tone>;

const HERE: { readonly [how in Standing]: { readonly text: string; readonly tone?: Tone } } = {
  private: { text: 'private', tone: 'good' },
  shared: { text: 'shared', tone: 'accent' },
  host: { text: 'host’s', tone: 'dim' },
  unknown: { text: 'needs root', tone: 'warn' },
  absent: { text: '–', tone: 'dim' },
};

const spec: TableSpec<NamespaceRow, Context> = {
  id: 'namespaces',
  columns: namespaceColumns.map((column) => ({ ...column, cell: (row: NamespaceRow) => column.cell(row) })),
  key: ({ type }) => type,
  yields: ['owner', 'parent', 'host', 'inode'],
  extra: {},
  draw: {
    here: (row, width, tones) => {
      const how = standing(row);
      const { text, tone } = HERE[how];
      return [span(fitText(text, width), how === 'shared' ? (tones.get(row.inode ?? 0) ?? tone) : tone)];
    },
    host: ({ hostInode }, width) => [
      span(fitText(hostInode === null ? '–' : String(hostInode), width, 'right'), 'dim'),
    ],
  },
  copy: ({ type, inode }) => `${type}:[${inode ?? '?'}]`,
};

const rowsOf = new WeakMap<Container, readonly NamespaceRow[]>();

/** The same rows for the same container, each beside the host's own namespace of its type. */
function rowsOnce(container: Container, snapshot: Snapshot): readonly NamespaceRow[] {
  const known = rowsOf.get(container);
  if (known !== undefined) {
    return known;
  }
  const rows = container.namespaces.map((namespace) => ({ ...namespace, hostInode: hostInode(namespace, snapshot) }));
  rowsOf.set(container, rows);
  return rows;
}

function hostInode({ type, inode, isolated }: Container['namespaces'][number], snapshot: Snapshot): number | null {
  if (isolated === false) {
    return inode;
  }
  return snapshot.namespaces.find((known) => known.initial === true && known.type === type)?.inode ?? null;
}

/** The eight namespaces of one container; below, in words, what is not isolated. */
export function namespacesBody(container: Container, snapshot: Snapshot, ui: UiState): Body {
  const table = tableBody(spec, {
    items: rowsOnce(container, snapshot),
    context: sharingTones(snapshot),
    settings: ui.tables.namespaces,
    filter: ui.filters.namespaces,
    groupOf: null,
    width: ui.size.columns,
    empty: [[], [span('  Its namespaces could not be read: that needs root.', 'warn')]],
  });
  return withTail(table, weakRows(container, ui.size.columns));
}

function weakRows(container: Container, width: number): readonly Row[] {
  return container.weak.length === 0
    ? []
    : [...section('What is not isolated'), ...container.weak.flatMap(({ says }) => bullet(says, width))];
}

/** Text after the lines of a table: it scrolls along and is never selected. */
function withTail(body: Body, tail: readonly Row[]): Body {
  return {
    ...body,
    count: body.count + tail.length,
    keyAt: (index) => (index < body.count ? body.keyAt(index) : null),
    line: (index, selected) => (index < body.count ? body.line(index, selected) : (tail[index - body.count] ?? [])),
    copyAt: (index) => (index < body.count ? body.copyAt(index) : null),
  };
}
