import type { Container } from '../../model/document/container.ts';
import type { Branch } from '../../model/document/layers.ts';
import { branchColumns, type IsCounting } from '../../present/columns/branches.ts';
import { unwritable } from '../../present/layers-use.ts';
import { printable, shorten } from '../../present/printable.ts';
import { type Row, span } from '../rows.ts';
import type { ContainerView, UiState } from '../state.ts';
import { type Body, selectedIndex, textBody } from './body.ts';
import { problemRows } from './empty-list.ts';
import { dotted } from './fields.ts';
import { besideWidth, branchRows, ROLE_TONES } from './layer-branches.ts';
import { shownLines, treeBody } from './layer-tree.ts';
import { measuredRows } from './layer-use.ts';
import { type TableSpec, tableBody } from './table.ts';
import { unreadRows } from './unread.ts';

const spec: TableSpec<Branch, IsCounting> = {
  id: 'branches',
  columns: branchColumns,
  key: ({ index }) => String(index),
  yields: ['digest', 'path', 'whiteouts', 'images', 'containers', 'files', 'size'],
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

/** The branches of the root file system beside the tree that they make; or a table of them; or what they hold. */
export function layersBody(container: Container, view: ContainerView, reading: boolean, ui: UiState): Body {
  const { layers } = container;
  const width = ui.size.columns;
  if (layers === null) {
    return textBody(unreadRows(container, 'its layers', reading, width));
  }
  const summary: Row = [
    span(' '),
    ...dotted(
      span(layers.driver === 'none' ? 'no union' : layers.driver),
      span(`${layers.branches.length} branches, top first`),
      span(unwritable(layers), 'warn'),
      span(`on ${printable(layers.mountPoint)}`, 'dim'),
      span(view.tree.shows === 'tree' ? freshness(view.tree) : '', 'dim'),
      span(layers.source === null ? '' : `source ${printable(layers.source)}`, 'dim'),
    ),
  ];
  const body =
    view.tree.shows === 'branches' || layers.branches.length === 0
      ? branchesBody(container, ui)
      : view.tree.shows === 'use'
        ? textBody(measuredRows(view.tree.use, layers, width))
        : besideBranches(container, view, ui);
  return { ...body, head: [summary, ...body.head] };
}

/** How it comes that the tree is as the container has it now. */
function freshness({ listed }: ContainerView['tree']): string {
  if (listed === null || listed.directories.size === 0) {
    return '';
  }
  return listed.isWatched ? 'watched' : listed.everyMs === null ? 'read with each sample' : '';
}

function branchesBody(container: Container, ui: UiState): Body {
  return tableBody(spec, {
    items: container.layers?.branches ?? [],
    context: countingIn(container),
    settings: ui.tables.branches,
    filter: ui.filters.branches,
    groupOf: null,
    width: ui.size.columns,
    empty: [[], [span('  Its root is one file system of its own: no union, no layers.', 'dim')]],
  });
}

function besideBranches(container: Container, view: ContainerView, ui: UiState): Body {
  const { columns } = ui.size;
  const { listed } = view.tree;
  const beside = besideWidth(columns, container.layers?.branches ?? []);
  const cursor = ui.cursors.layers;
  const tree = (width: number): Body => {
    if (listed === null) {
      const waits =
        ui.replay === null ? 'Reading the tree…' : 'A recording does not hold the tree: nsview layers tells it.';
      return textBody([[], [span(`  ${waits}`, 'dim')]]);
    }
    return listed.directories.size === 0
      ? textBody([[], ...listed.problems.flatMap((problem) => problemRows(problem, width - 2))])
      : treeBody(container, view, view.tree, cursor, width);
  };
  const body = tree(columns - beside);
  if (beside === 0) {
    return body;
  }
  const selected = body.keyAt(selectedIndex(body, cursor));
  const line = shownLines(view).find((one) => 'entry' in one && one.entry.path === selected);
  const entry = line !== undefined && 'entry' in line ? line.entry : null;
  return {
    ...body,
    beside: (height) =>
      branchRows(container.layers?.branches ?? [], countingIn(container), entry, { width: beside, height }),
  };
}
