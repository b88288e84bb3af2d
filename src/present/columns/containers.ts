import type { Container } from '../../model/document/container.ts';
import type { Rates, Snapshot } from '../../model/snapshot.ts';
import { commandLabel, containerLabel, engineLabel } from '../container-label.ts';
import { namespaceLetters, sharingRemark } from '../namespace-letters.ts';
import { printable } from '../printable.ts';
import { troubleOf } from '../trouble.ts';
import { formatBytesShort, formatCount, formatDuration, formatPercent, pendingIf, UNKNOWN } from '../units.ts';
import type { Column } from './column.ts';
import { cpuCell, memoryCell, type Scale } from './scale.ts';

/** One container and what it did per second since the sample before. */
export type ContainerRow = { readonly container: Container; readonly rates: Rates | null };

/** What a cell needs besides its row. */
export type ContainerContext = {
  readonly atMs: number;
  readonly scale: Scale;
  readonly cpus: number;
  readonly memoryBytes: number | null;
};

export type ContainerColumn = Column<ContainerRow, ContainerContext>;

/** The rows of the list, in the order of the snapshot. */
export function containerRows(snapshot: Snapshot): readonly ContainerRow[] {
  return snapshot.containers.map((container) => ({ container, rates: snapshot.rates[container.id] ?? null }));
}

export function containerContext(snapshot: Snapshot, scale: Scale): ContainerContext {
  const { cpus, memoryBytes } = snapshot.host;
  return { atMs: snapshot.atMs, scale, cpus, memoryBytes };
}

/** Seconds since it started; null where nobody knows. */
export function uptimeSeconds(container: Container, atMs: number): number | null {
  return container.startedAt === null ? null : Math.max(0, (atMs - Date.parse(container.startedAt)) / 1000);
}

function sum(a: number | null | undefined, b: number | null | undefined): number | null {
  return a === null || a === undefined || b === null || b === undefined ? null : a + b;
}

const ioRate = (row: ContainerRow) => sum(row.rates?.readBytes, row.rates?.writeBytes);
const netRate = (row: ContainerRow) => sum(row.rates?.rxBytes, row.rates?.txBytes);

/** A rate; where its counter was read, it comes with the second sample. */
function rateCell(rate: number | null, counter: number | null | undefined): string {
  return rate === null ? pendingIf(counter) : formatBytesShort(Math.round(rate));
}

/** The worst share of the last ten seconds in which something of it waited for CPU, memory or IO. */
function worstPressure({ container }: ContainerRow): number | null {
  const pressure = container.cgroup?.pressure ?? null;
  const shares = [pressure?.cpu, pressure?.memory, pressure?.io]
    .map((resource) => resource?.some?.avg10 ?? null)
    .filter((share) => share !== null);
  return shares.length === 0 ? null : Math.max(...shares);
}

const text = { width: 10, grow: false, align: 'left', largestFirst: false } as const;
const figure = { width: 6, grow: false, align: 'right', largestFirst: true } as const;

/** Every column of a container, in the order a table shows them. */
export const containerColumns = [
  {
    ...text,
    key: 'name',
    title: 'NAME',
    description: 'the engine’s name, else the short id, else what its first process runs',
    width: 14,
    grow: true,
    cell: ({ container }) => containerLabel(container),
    value: ({ container }) => containerLabel(container).toLowerCase(),
  },
  {
    ...text,
    key: 'id',
    title: 'ID',
    description: 'the engine’s id, first 12 characters',
    width: 12,
    cell: ({ container }) => printable(container.shortId),
    value: ({ container }) => container.id,
  },
  {
    ...text,
    key: 'engine',
    title: 'ENGINE',
    description: 'what started it, as its cgroup path, supervisor or state tells',
    width: 10,
    cell: ({ container }) => engineLabel(container),
    value: ({ container }) => container.engine,
  },
  {
    ...text,
    key: 'status',
    title: 'STATUS',
    description: 'running, paused, starting, …',
    width: 8,
    cell: ({ container }) => container.status,
    value: ({ container }) => container.status,
  },
  {
    ...figure,
    key: 'pid',
    title: 'PID',
    description: 'its first process, as the host numbers it',
    width: 7,
    largestFirst: false,
    cell: ({ container }) => formatCount(container.init?.pid ?? null),
    value: ({ container }) => container.init?.pid ?? null,
  },
  {
    ...figure,
    key: 'procs',
    title: 'PROCS',
    description: 'processes in it',
    width: 5,
    cell: ({ container }) => formatCount(container.cost.processes),
    value: ({ container }) => container.cost.processes,
  },
  {
    ...text,
    key: 'ns',
    title: 'NS',
    description: 'its eight namespaces: capital = its own, small = the host’s or shared with another container',
    width: 8,
    largestFirst: true,
    cell: ({ container }) =>
      namespaceLetters(container)
        .map(({ letter }) => letter)
        .join(''),
    value: ({ container }) => container.namespaces.filter((namespace) => namespace.isolated === true).length,
  },
  {
    ...figure,
    key: 'cpu',
    title: 'CPU',
    description: 'CPU cores in use, of the effective limit',
    width: 9,
    cell: ({ container }, context) => cpuCell(container, context),
    value: ({ container }) => container.cgroup?.cpu.usageCores ?? null,
  },
  {
    ...figure,
    key: 'thr',
    title: 'THR',
    description: 'share of the last interval’s CFS periods in which it was throttled',
    width: 4,
    cell: ({ container }) => {
      const { throttledPercent = null, periods = null } = container.cgroup?.cpu ?? {};
      return throttledPercent === null ? pendingIf(periods) : formatPercent(throttledPercent);
    },
    value: ({ container }) => container.cgroup?.cpu.throttledPercent ?? null,
  },
  {
    ...figure,
    key: 'mem',
    title: 'MEM',
    description: 'working set (use without inactive file pages), of the effective limit',
    width: 11,
    cell: ({ container }, context) => memoryCell(container, context),
    value: ({ container }) => container.cgroup?.memory.workingSetBytes ?? null,
  },
  {
    ...figure,
    key: 'pids',
    title: 'PIDS',
    description: 'threads in its group, of the effective limit',
    width: 7,
    cell: ({ container }) => {
      const pids = container.cgroup?.pids;
      const current = formatCount(pids?.current ?? null);
      return typeof pids?.limit === 'number' ? `${current}/${pids.limit}` : current;
    },
    value: ({ container }) => container.cgroup?.pids.current ?? null,
  },
  {
    ...figure,
    key: 'io',
    title: 'IO/s',
    description: 'bytes read and written per second',
    cell: (row) => rateCell(ioRate(row), row.container.cgroup?.io.readBytes),
    value: ioRate,
  },
  {
    ...figure,
    key: 'net',
    title: 'NET/s',
    description: 'bytes received and sent per second in its network namespace',
    cell: (row) => rateCell(netRate(row), row.container.network?.interfaces[0]?.rxBytes),
    value: netRate,
  },
  {
    ...figure,
    key: 'psi',
    title: 'PSI',
    description: 'share of the last ten seconds that something waited for CPU, memory or IO: the worst of the three',
    width: 5,
    cell: (row) => formatPercent(worstPressure(row)),
    value: worstPressure,
  },
  {
    ...figure,
    key: 'up',
    title: 'UP',
    description: 'time since it started',
    width: 5,
    cell: ({ container }, context) => formatDuration(uptimeSeconds(container, context.atMs)),
    value: ({ container }) => (container.startedAt === null ? null : -Date.parse(container.startedAt)),
  },
  {
    ...text,
    key: 'image',
    title: 'IMAGE',
    description: 'the image, as the engine shows it',
    width: 18,
    grow: true,
    cell: ({ container }) => (container.image === null ? UNKNOWN : printable(container.image)),
    value: ({ container }) => container.image,
  },
  {
    ...text,
    key: 'command',
    title: 'COMMAND',
    description: 'what its first process runs',
    width: 20,
    grow: true,
    cell: ({ container }) => (container.init === null ? UNKNOWN : commandLabel(container.init)),
    value: ({ container }) => (container.init === null ? null : commandLabel(container.init)),
  },
  {
    ...text,
    key: 'group',
    title: 'GROUP',
    description: 'pod, or compose project',
    width: 12,
    cell: ({ container }) => (container.group === null ? UNKNOWN : printable(container.group)),
    value: ({ container }) => container.group,
  },
  {
    ...text,
    key: 'note',
    title: 'NOTE',
    description: 'what is wrong with it in a word, else what it shares with whom',
    width: 16,
    grow: true,
    cell: ({ container }) => troubleOf(container)?.word ?? printable(sharingRemark(container)),
    value: ({ container }) => troubleOf(container)?.word ?? null,
  },
] as const satisfies readonly ContainerColumn[];

export type ContainerColumnKey = (typeof containerColumns)[number]['key'];
