import { groupTree, type PlacedGroup } from '../../model/host-groups/group-tree.ts';
import type { HostGroup } from '../../model/host-groups/host-groups.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { sortRows } from '../../present/columns/column.ts';
import {
  containerName,
  foldSign,
  foundProcess,
  type GroupColumn,
  type GroupContext,
  type GroupRow,
  groupName,
  hostGroupColumns,
} from '../../present/columns/host-groups.ts';
import { containerLabel } from '../../present/container-label.ts';
import { displayWidth, shorten } from '../../present/printable.ts';
import { bold, fitRow, type Row, rowWidth, span, type Tone } from '../rows.ts';
import type { UiState } from '../state.ts';
import type { Body } from './body.ts';
import { quiet } from './containers.ts';
import { hostNowRows } from './host-now.ts';
import { aligned, filterItems, type TableSpec, tableBody } from './table.ts';

const columns: readonly GroupColumn[] = hostGroupColumns;

/** From these shares on a figure warns. */
const MUCH_THROTTLED = 5;
const MUCH_PRESSURE = 10;

function figureCell(key: string, toneOf: (row: GroupRow) => Tone | undefined = () => undefined) {
  const column = columns.find((candidate) => candidate.key === key);
  return (row: GroupRow, width: number, context: GroupContext): Row => {
    const text = column?.cell(row, context) ?? '';
    const tone = toneOf(row);
    const slash = text.indexOf('/');
    const shown =
      slash < 0
        ? [tone === undefined ? quiet(text) : span(text, tone)]
        : [quiet(text.slice(0, slash)), span(text.slice(slash), 'dim')];
    return aligned(shown, width, 'right');
  };
}

const warned = (share: number | null, much: number): Tone | undefined =>
  share !== null && share >= much ? 'warn' : undefined;

const spec: TableSpec<GroupRow, GroupContext> = {
  id: 'hostGroups',
  columns,
  key: ({ path }) => path,
  yields: ['state', 'kind', 'psiio', 'psimem', 'psicpu', 'procs', 'write', 'read', 'tasks', 'thr', 'mem', 'cpu'],
  extra: {},
  draw: {
    group: groupRow,
    kind: ({ kind }) => [span(kind, 'dim')],
    procs: figureCell('procs'),
    tasks: figureCell('tasks'),
    cpu: figureCell('cpu'),
    thr: figureCell('thr', ({ throttledPercent }) => warned(throttledPercent, MUCH_THROTTLED)),
    mem: figureCell('mem'),
    read: figureCell('read'),
    write: figureCell('write'),
    psicpu: figureCell('psicpu', ({ pressure }) => warned(pressure.cpu, MUCH_PRESSURE)),
    psimem: figureCell('psimem', ({ pressure }) => warned(pressure.memory, MUCH_PRESSURE)),
    psiio: figureCell('psiio', ({ pressure }) => warned(pressure.io, MUCH_PRESSURE)),
    state: ({ frozen }) => [span(frozen === true ? 'frozen' : '', 'warn')],
  },
  copy: ({ path }) => path,
};

/** Of a container's group its name, and that of the directory only where there is room for all of it. */
function groupRow(row: GroupRow, width: number, context: GroupContext): Row {
  const name = containerName(row, context.names);
  const directory = groupName(row);
  const lead = span(row.lead ?? '', 'dim');
  const after = [...sign(row), ...found(row, context)];
  const room = Math.max(1, width - rowWidth([lead, ...after]));
  if (name === '') {
    return [lead, span(shorten(directory, room), row.kind === 'slice' ? 'dim' : undefined), ...after];
  }
  const isRoom = displayWidth(name) + 1 + displayWidth(directory) <= room;
  return [
    lead,
    bold(shorten(name, room), 'accent'),
    ...(isRoom && !directory.startsWith(name) ? [span(` ${directory}`, 'dim')] : []),
    ...after,
  ];
}

function found(row: GroupRow, context: GroupContext): Row {
  const process = foundProcess(row, context);
  return process === '' ? [] : [span(` has ${process}`, 'dim')];
}

function sign(row: GroupRow): Row {
  const text = foldSign(row);
  return text === '' ? [] : [span(` ${text}`, 'warn')];
}

/** The tree as it stands on the screen: sorted, filtered, folded. */
export function placedGroups(snapshot: Snapshot, ui: UiState): readonly PlacedGroup[] {
  const { hostGroups } = snapshot;
  const settings = ui.tables.hostGroups;
  const filter = ui.filters.hostGroups;
  if (hostGroups === null) {
    return [];
  }
  const known = placed.get(hostGroups);
  const question = [settings.sort, settings.reversed, filter, ...ui.folded].join('\n');
  if (known?.question === question) {
    return known.answer;
  }
  const column = columns.find(({ key }) => key === settings.sort);
  const matching =
    filter === '' ? null : new Set<HostGroup>(filterItems(columns, hostGroups.groups, filter, contextOf(snapshot, ui)));
  const answer = groupTree(hostGroups.groups, {
    folded: ui.folded,
    // By name among equals: the kernel lists groups in any order.
    sort: (siblings) => {
      const named = siblings.toSorted((a, b) => (a.path < b.path ? -1 : 1));
      return column === undefined ? named : (sortRows(named, column, settings.reversed) as readonly HostGroup[]);
    },
    matches: matching === null ? null : (group) => matching.has(group),
  });
  placed.set(hostGroups, { question, answer });
  return answer;
}

const placed = new WeakMap<object, { readonly question: string; readonly answer: readonly PlacedGroup[] }>();

function contextOf({ containers }: Snapshot, ui: UiState): GroupContext {
  return {
    names: new Map(containers.map((container) => [container.id, containerLabel(container)])),
    percent: ui.scale === 'core',
    wanted: ui.filters.hostGroups.replace(/^!/, '').toLowerCase(),
  };
}

/** The host: what it is, what it does, and every cgroup in the one around it. */
export function hostGroupsBody(snapshot: Snapshot, ui: UiState): Body {
  const { hostGroups } = snapshot;
  const body = tableBody(spec, {
    items: placedGroups(snapshot, ui),
    context: contextOf(snapshot, ui),
    settings: ui.tables.hostGroups,
    filter: ui.filters.hostGroups,
    isArranged: true,
    groupOf: null,
    width: ui.size.columns,
    empty: emptyRows(snapshot, ui),
  });
  return hostGroups === null
    ? body
    : {
        ...body,
        head: [...hostNowRows(snapshot, hostGroups.now, ui.size), ...recordedRows(snapshot, ui), ...body.head],
      };
}

/** Why most figures of a recording are not there. */
function recordedRows({ hostGroups }: Snapshot, { size }: UiState): readonly Row[] {
  const text = 'recorded     figures of containers; of other groups who is in them';
  return hostGroups?.ofContainersOnly === true ? [fitRow([span(` ${text}`, 'dim')], size.columns)] : [];
}

function emptyRows({ hostGroups, host }: Snapshot, ui: UiState): readonly Row[] {
  const text =
    hostGroups === null
      ? ui.replay !== null
        ? 'This recording does not hold the groups of the host: it is of an older nsview.'
        : 'Reading the groups of the host…'
      : ui.filters.hostGroups !== ''
        ? `Nothing matches “${ui.filters.hostGroups}”. Esc clears the filter.`
        : host.layout === 'none'
          ? 'No cgroup file system is mounted here.'
          : 'No group can be seen from here.';
  return [[], [span(`  ${text}`, 'dim')]];
}
