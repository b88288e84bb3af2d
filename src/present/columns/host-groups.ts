import type { PlacedGroup } from '../../model/host-groups/group-tree.ts';
import type { HostGroup } from '../../model/host-groups/host-groups.ts';
import type { Limit } from '../../model/limit.ts';
import { printable } from '../printable.ts';
import { formatBytesShort, formatCores, formatCount, formatPercent, pendingIf, UNKNOWN } from '../units.ts';
import type { Column } from './column.ts';

/**
 * What containers are called, by their ids; `percent`: CPU as percent of a core instead of cores; `wanted`: what is looked
 * for, in small letters.
 */
export type GroupContext = {
  readonly names: ReadonlyMap<string, string>;
  readonly percent: boolean;
  readonly wanted: string;
};

/** A group in the tree; where nobody placed it, by its whole path. */
export type GroupRow = HostGroup & Partial<Pick<PlacedGroup, 'name' | 'lead' | 'below' | 'isFolded'>>;
export type GroupColumn = Column<GroupRow, GroupContext>;

const text = { width: 8, grow: false, align: 'left', largestFirst: false } as const;
const figure = { width: 6, grow: false, align: 'right', largestFirst: true } as const;

/** Its name in its place; of a container's group what the container is called; the process that is looked for. */
function groupCell(row: GroupRow, context: GroupContext): string {
  const process = foundProcess(row, context);
  const name = (row.lead ?? '') + (containerName(row, context.names) || groupName(row));
  return [name, foldSign(row), process === '' ? '' : `has ${process}`].filter((part) => part !== '').join(' ');
}

/** The last part of its path; a container's long id, which its name stands beside, in its first letters. */
export function groupName({ name, path, container }: GroupRow): string {
  const shown = printable(name ?? path);
  return container === null ? shown : shown.replace(/([0-9a-f]{12})[0-9a-f]{52}/, '$1…');
}

export function containerName({ container }: GroupRow, names: ReadonlyMap<string, string>): string {
  return container === null ? '' : (names.get(container) ?? '');
}

/** Of the processes right in it the one, by name, for which a group is among those that are looked for. */
export function foundProcess(row: GroupRow, { wanted, names }: GroupContext): string {
  const has = (text: string) => text.toLowerCase().includes(wanted);
  const isNamed = wanted === '' || has(containerName(row, names)) || has(groupName(row));
  return isNamed ? '' : (row.names.map(printable).find(has) ?? '');
}

/** How many groups a folded one hides. */
export function foldSign({ isFolded, below }: GroupRow): string {
  return isFolded === true ? `[+${below}]` : '';
}

function ofLimit(use: string, limit: Limit | null, format: (limit: number) => string): string {
  return typeof limit === 'number' ? `${use}/${format(limit)}` : use;
}

function pressure(key: keyof HostGroup['pressure'], what: string) {
  return {
    ...figure,
    width: 5,
    cell: (row: GroupRow) => formatPercent(row.pressure[key]),
    value: (row: GroupRow) => row.pressure[key],
    description: `share of the last ten seconds in which something in it waited for ${what}`,
  };
}

/** Every column of the host's groups: each figure is of the group with all that is below it. */
export const hostGroupColumns = [
  {
    ...text,
    key: 'group',
    title: 'GROUP',
    description: 'slices, scopes, services and containers, each in the group around it',
    width: 24,
    grow: true,
    cell: groupCell,
    value: ({ path }) => path,
  },
  {
    ...text,
    key: 'kind',
    title: 'KIND',
    description: 'slice, scope or service of systemd, the group of a container, or made by others',
    width: 9,
    cell: ({ kind }) => kind,
    value: ({ kind }) => kind,
  },
  {
    ...figure,
    key: 'procs',
    title: 'PROCS',
    description: 'processes in it',
    width: 5,
    cell: ({ processes }) => String(processes),
    value: ({ processes }) => processes,
  },
  {
    ...figure,
    key: 'tasks',
    title: 'TASKS',
    description: 'threads in it, of the effective limit',
    width: 8,
    cell: ({ tasks, pidsLimit }) => ofLimit(formatCount(tasks), pidsLimit, String),
    value: ({ tasks }) => tasks,
  },
  {
    ...figure,
    key: 'cpu',
    title: 'CPU',
    description: 'CPU cores in use, of the effective limit',
    width: 9,
    cell: ({ cpuCores, cpuLimitCores, counted }, { percent }) => {
      if (cpuCores === null) {
        return pendingIf(counted.cpu ? 0 : null);
      }
      return percent ? formatPercent(cpuCores * 100) : ofLimit(formatCores(cpuCores), cpuLimitCores, formatCores);
    },
    value: ({ cpuCores }) => cpuCores,
  },
  {
    ...figure,
    key: 'thr',
    title: 'THR',
    description: 'share of the last interval’s CFS periods in which it was throttled',
    width: 4,
    cell: ({ throttledPercent, counted }) =>
      throttledPercent === null ? pendingIf(counted.periods ? 0 : null) : formatPercent(throttledPercent),
    value: ({ throttledPercent }) => throttledPercent,
  },
  {
    ...figure,
    key: 'mem',
    title: 'MEM',
    description: 'working set (use without inactive file pages), of the effective limit',
    width: 11,
    cell: ({ memoryBytes, memoryLimitBytes }) =>
      ofLimit(formatBytesShort(memoryBytes), memoryLimitBytes, formatBytesShort),
    value: ({ memoryBytes }) => memoryBytes,
  },
  {
    ...figure,
    key: 'read',
    title: 'READ/s',
    description: 'bytes read per second',
    cell: (row) =>
      row.readBytesPerSecond === null ? pendingIf(row.counted.io ? 0 : null) : formatBytesShort(row.readBytesPerSecond),
    value: ({ readBytesPerSecond }) => readBytesPerSecond,
  },
  {
    ...figure,
    key: 'write',
    title: 'WRITE/s',
    description: 'bytes written per second',
    width: 7,
    cell: (row) =>
      row.writeBytesPerSecond === null
        ? pendingIf(row.counted.io ? 0 : null)
        : formatBytesShort(row.writeBytesPerSecond),
    value: ({ writeBytesPerSecond }) => writeBytesPerSecond,
  },
  { ...pressure('cpu', 'CPU'), key: 'psicpu', title: 'PSI c' },
  { ...pressure('memory', 'memory'), key: 'psimem', title: 'PSI m' },
  { ...pressure('io', 'IO'), key: 'psiio', title: 'PSI i' },
  {
    ...text,
    key: 'state',
    title: 'STATE',
    description: 'frozen, or nothing to say',
    width: 6,
    cell: ({ frozen }) => (frozen === null ? UNKNOWN : frozen ? 'frozen' : ''),
    value: ({ frozen }) => (frozen === true ? 'frozen' : null),
  },
] as const satisfies readonly GroupColumn[];
