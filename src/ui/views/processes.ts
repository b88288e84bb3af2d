import type { Container } from '../../model/document/container.ts';
import type { ContainerProcess } from '../../model/document/process.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { type ProcessContext, processColumns } from '../../present/columns/processes.ts';
import { commandLabel } from '../../present/container-label.ts';
import { displayWidth, printable, shorten } from '../../present/printable.ts';
import { bold, type Row, rowText, rowWidth, span } from '../rows.ts';
import type { UiState } from '../state.ts';
import { type Body, textBody } from './body.ts';
import { type TreePlace, treeOf } from './process-tree.ts';
import { type TableSpec, tableBody } from './table.ts';

type Context = ProcessContext & {
  readonly tree: ReadonlyMap<number, TreePlace> | null;
  readonly initPid: number | null;
};

type Column = TableSpec<ContainerProcess, Context>['columns'][number];

/** As the commands have them; the command line here also tells its place in the tree, and what is special about it. */
const columns: readonly Column[] = processColumns.map((column: Column) =>
  column.key === 'command' ? { ...column, cell: (process, context) => rowText(commandRow(process, context)) } : column,
);

const spec: TableSpec<ContainerProcess, Context> = {
  id: 'processes',
  columns,
  key: ({ pid }) => String(pid),
  yields: ['cgroup', 'threads', 'insideuid', 'uid', 'rss', 'inside', 'cpu', 'state'],
  extra: {},
  draw: {
    state: ({ state }) => [span(state, state === 'Z' || state === 'D' ? 'bad' : state === 'R' ? 'good' : 'dim')],
    cgroup: ({ cgroup }, width) => [span(shorten(printable(cgroup ?? '–'), width), 'dim')],
    command: (process, width, context) => {
      const row = commandRow(process, context);
      const [branch, command, ...marks] = row;
      const room = width - rowWidth(row) + displayWidth(command?.text ?? '');
      return branch === undefined || command === undefined || room < 4
        ? [span(shorten(rowText(row), width))]
        : [branch, span(shorten(command.text, room)), ...marks];
    },
  },
  copy: ({ pid }) => String(pid),
};

function commandRow(process: ContainerProcess, { tree, initPid }: Context): Row {
  return [
    span(tree?.get(process.pid)?.branch ?? '', 'dim'),
    span(commandLabel(process)),
    ...(process.state === 'Z' ? [span(' zombie', 'bad')] : []),
    ...(process.joined ? [span(' joined from outside', 'warn')] : []),
    ...(process.pid === initPid ? [span(' init', 'accent')] : []),
  ];
}

/** The processes of one container, as a tree unless they are sorted by something. */
export function processesBody(container: Container, ui: UiState): Body {
  return processTable(container.processes, container.init?.pid ?? null, 'processes', ui);
}

/** The processes of one of the host's groups, and of those below it. */
export function groupProcessesBody({ hostGroups }: Snapshot, ui: UiState): Body {
  const opened = hostGroups?.opened ?? null;
  const title = [
    span(' Processes in ', 'dim'),
    bold(shorten(printable(ui.openedGroup), ui.size.columns - 15), 'accent'),
  ];
  if (opened === null || opened.path !== ui.openedGroup) {
    return textBody([title, [], [span('  Reading its processes…', 'dim')]]);
  }
  const body = processTable(opened.processes, null, 'groupProcesses', ui);
  return { ...body, head: [title, ...body.head] };
}

function processTable(
  processes: readonly ContainerProcess[],
  initPid: number | null,
  id: 'processes' | 'groupProcesses',
  ui: UiState,
): Body {
  const settings = ui.tables[id];
  const tree = settings.sort === null ? treeOf(processes) : null;
  return tableBody(spec, {
    items: tree === null ? processes : tree.ordered,
    context: { percent: ui.scale === 'core', tree: tree?.places ?? null, initPid },
    settings,
    filter: ui.filters[id],
    groupOf: null,
    width: ui.size.columns,
    empty: [[], [span('  No process is left in it.', 'dim')]],
  });
}
