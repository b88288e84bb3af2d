import type { Container } from '../../model/document/container.ts';
import type { ContainerProcess } from '../../model/document/process.ts';
import { type ProcessContext, processColumns } from '../../present/columns/processes.ts';
import { commandLabel } from '../../present/container-label.ts';
import { displayWidth, shorten } from '../../present/printable.ts';
import { type Row, span } from '../rows.ts';
import type { UiState } from '../state.ts';
import type { Body } from './body.ts';
import { type TreePlace, treeOf } from './process-tree.ts';
import { type TableSpec, tableBody } from './table.ts';

/** Columns that bear their own texts: stated once with the general type. */
const columns: TableSpec<ContainerProcess, Context>['columns'] = processColumns;

type Context = ProcessContext & {
  readonly tree: ReadonlyMap<number, TreePlace> | null;
  readonly initPid: number | null;
};

const spec: TableSpec<ContainerProcess, Context> = {
  id: 'processes',
  columns,
  key: ({ pid }) => String(pid),
  yields: ['cgroup', 'threads', 'insideuid', 'uid', 'rss', 'inside', 'cpu', 'state'],
  extra: {},
  draw: {
    state: ({ state }) => [span(state, state === 'Z' || state === 'D' ? 'bad' : state === 'R' ? 'good' : 'dim')],
    cgroup: ({ cgroup }, width) => [span(shorten(cgroup ?? '–', width), 'dim')],
    command: (process, width, { tree, initPid }) => commandCell(process, width, tree?.get(process.pid), initPid),
  },
  copy: ({ pid }) => String(pid),
};

function commandCell(
  process: ContainerProcess,
  width: number,
  place: TreePlace | undefined,
  initPid: number | null,
): Row {
  const marks: Row = [
    ...(process.state === 'Z' ? [span(' zombie', 'bad')] : []),
    ...(process.joined ? [span(' joined from outside', 'warn')] : []),
    ...(process.pid === initPid ? [span(' init', 'accent')] : []),
  ];
  const branch = place?.branch ?? '';
  const room = marks.reduce((left, { text }) => left - text.length, width - displayWidth(branch));
  return room < 4
    ? [span(shorten(commandLabel(process), width))]
    : [span(branch, 'dim'), span(shorten(commandLabel(process), room)), ...marks];
}

/** The processes of one container, as a tree unless they are sorted by something. */
export function processesBody(container: Container, pending: boolean, ui: UiState): Body {
  const settings = ui.tables.processes;
  const tree = settings.sort === null ? treeOf(container.processes) : null;
  return tableBody(spec, {
    items: tree === null ? container.processes : tree.ordered,
    context: {
      pending,
      percent: ui.scale === 'core',
      tree: tree?.places ?? null,
      initPid: container.init?.pid ?? null,
    },
    settings,
    filter: ui.filters.processes,
    groupOf: null,
    width: ui.size.columns,
    empty: [[], [span('  No process is left in it.', 'dim')]],
  });
}
