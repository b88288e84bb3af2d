import type { ContainerProcess } from '../../model/document/process.ts';
import { commandLabel } from '../container-label.ts';
import { printable } from '../printable.ts';
import { formatBytesShort, formatCores, formatCount, formatPercent, pendingIf, UNKNOWN } from '../units.ts';
import type { Column } from './column.ts';

/** `percent`: CPU as percent of a core instead of cores. */
export type ProcessContext = { readonly percent: boolean };
export type ProcessColumn = Column<ContainerProcess, ProcessContext>;

/** Its pids inside, from the container's own pid namespace inwards; `–` where it has none of its own. */
function insidePids(process: ContainerProcess): string {
  return process.nsPids.length > 1 ? process.nsPids.slice(1).join(' ') : UNKNOWN;
}

const text = { width: 10, grow: false, align: 'left', largestFirst: false } as const;
const figure = { width: 6, grow: false, align: 'right', largestFirst: true } as const;

/** Every column of a container's process. */
export const processColumns = [
  {
    ...figure,
    key: 'pid',
    title: 'PID',
    description: 'as the host numbers it',
    width: 7,
    largestFirst: false,
    cell: (process) => String(process.pid),
    value: (process) => process.pid,
  },
  {
    ...figure,
    key: 'inside',
    title: 'INSIDE',
    description: 'as its own pid namespaces number it, outermost first',
    width: 7,
    largestFirst: false,
    cell: insidePids,
    value: (process) => process.nsPids.at(-1) ?? null,
  },
  {
    ...figure,
    key: 'uid',
    title: 'UID',
    description: 'the user, as the host sees it',
    largestFirst: false,
    cell: (process) => formatCount(process.uid),
    value: (process) => process.uid,
  },
  {
    ...figure,
    key: 'insideuid',
    title: 'UID in',
    description: 'the user, as its user namespace sees it',
    largestFirst: false,
    cell: (process) => formatCount(process.insideUid),
    value: (process) => process.insideUid,
  },
  {
    ...text,
    key: 'state',
    title: 'S',
    description: 'state letter of proc(5): R running, S sleeping, D waiting for disk, T stopped, Z zombie',
    width: 1,
    cell: (process) => printable(process.state),
    value: (process) => process.state,
  },
  {
    ...figure,
    key: 'threads',
    title: 'THR',
    description: 'threads',
    width: 4,
    cell: (process) => String(process.threads),
    value: (process) => process.threads,
  },
  {
    ...figure,
    key: 'cpu',
    title: 'CPU',
    description: 'CPU cores in use over the last interval',
    cell: ({ cpuCores, cpuSeconds }, { percent }) =>
      cpuCores === null ? pendingIf(cpuSeconds) : percent ? formatPercent(cpuCores * 100) : formatCores(cpuCores),
    value: (process) => process.cpuCores,
  },
  {
    ...figure,
    key: 'rss',
    title: 'RSS',
    description: 'resident memory',
    cell: (process) => formatBytesShort(process.rssBytes),
    value: (process) => process.rssBytes,
  },
  {
    ...text,
    key: 'cgroup',
    title: 'CGROUP',
    description: 'where it is below the container’s own group',
    width: 12,
    cell: (process) => printable(process.cgroup ?? UNKNOWN),
    value: (process) => process.cgroup,
  },
  {
    ...text,
    key: 'command',
    title: 'COMMAND',
    description: 'command line; [name] where there is none',
    width: 20,
    grow: true,
    cell: (process) => commandLabel(process),
    value: (process) => commandLabel(process),
  },
] as const satisfies readonly ProcessColumn[];

export type ProcessColumnKey = (typeof processColumns)[number]['key'];
