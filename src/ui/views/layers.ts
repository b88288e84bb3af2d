import type { Container } from '../../model/document/container.ts';
import type { Branch } from '../../model/document/layers.ts';
import { branchColumns, type IsCounting } from '../../present/columns/branches.ts';
import { printable, shorten } from '../../present/printable.ts';
import { type Row, span, type Tone } from '../rows.ts';
import type { UiState } from '../state.ts';
import { type Body, textBody } from './body.ts';
import { dotted } from './fields.ts';
import { type TableSpec, tableBody } from './table.ts';
import { unreadRows } from './unread.ts';

const ROLE_TONES: { readonly [role in Branch['role']]?: Tone } = { rw: 'good', init: 'dim', data: 'dim' };

const spec: TableSpec<Branch, IsCounting> = {
  id: 'branches',
  columns: branchColumns,
  key: ({ index }) => String(index),
  yields: ['digest', 'path', 'whiteouts', 'files', 'size'],
  extra: {},
  draw: {
    access: ({ access }) => [span(access, access === 'rw' ? 'good' : 'dim')],
    role: ({ role }) => [span(role, ROLE_TONES[role])],
    digest: ({ digest }, width) => [span(shorten(printable(digest ?? '–'), width), 'dim')],
    path: ({ path }, width) => [span(shorten(printable(path), width), 'dim')],
  },
  copy: ({ path }) => path,
};

/** A figure that nobody failed to read is one that nobody has read yet. */
function countingIn({ problems }: Container): IsCounting {
  const failed = new Set(problems.filter(({ code }) => code !== 'EAGAIN').map(({ path }) => path));
  return ({ files, path }) => files === null && !failed.has(path);
}

/** The branches of the root file system, top first. */
export function layersBody(container: Container, reading: boolean, ui: UiState): Body {
  const { layers } = container;
  if (layers === null) {
    return textBody(unreadRows(container, 'its layers', reading, ui.size.columns));
  }
  const body = tableBody(spec, {
    items: layers.branches,
    context: countingIn(container),
    settings: ui.tables.branches,
    filter: ui.filters.branches,
    groupOf: null,
    width: ui.size.columns,
    empty: [[], [span('  Its root is one file system of its own: no union, no layers.', 'dim')]],
  });
  const summary: Row = [
    span(' '),
    ...dotted(
      span(layers.driver === 'none' ? 'no union' : layers.driver),
      span(`${layers.branches.length} branches, top first`),
      span(`on ${printable(layers.mountPoint)}`, 'dim'),
      span(layers.source === null ? '' : `source ${printable(layers.source)}`, 'dim'),
    ),
  ];
  return { ...body, head: [summary, ...body.head] };
}
