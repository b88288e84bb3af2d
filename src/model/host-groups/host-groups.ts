import type { Pressure } from '../document/cgroup.ts';
import type { ContainerProcess } from '../document/process.ts';
import type { Limit } from '../limit.ts';
import type { HostMachine } from './sample.ts';

/**
 * What a group is: a unit of systemd by the end of its name, the group of a container, the root of all, or `group` for
 * what somebody made by hand.
 */
export type GroupKind = 'root' | 'container' | 'slice' | 'scope' | 'service' | 'group';

/** One cgroup with all that is below it, v1 and v2 in one shape. Unknown is null; a rate needs two samples. */
export type HostGroup = {
  /** As /proc/PID/cgroup has it. */
  readonly path: string;
  readonly kind: GroupKind;
  /** The id of the container whose own group it is. */
  readonly container: string | null;
  /** Processes in it and below, kernel threads left out. */
  readonly processes: number;
  /** What the processes right in it are called, each name once. */
  readonly names: readonly string[];
  /** Threads: as the pids controller counts them, else of those processes. */
  readonly tasks: number | null;
  readonly pidsLimit: Limit | null;
  readonly cpuCores: number | null;
  readonly cpuLimitCores: Limit | null;
  /** The share of the last interval's periods in which it was throttled. */
  readonly throttledPercent: number | null;
  /** Without inactive file pages. */
  readonly memoryBytes: number | null;
  readonly memoryLimitBytes: Limit | null;
  readonly readBytesPerSecond: number | null;
  readonly writeBytesPerSecond: number | null;
  /** Of the last ten seconds: the share in which something in it waited. Null where the kernel does not tell. */
  readonly pressure: { readonly cpu: number | null; readonly memory: number | null; readonly io: number | null };
  readonly frozen: boolean | null;
  /** Whether the cumulative counters behind a rate were read: it comes with the next sample then. */
  readonly counted: { readonly cpu: boolean; readonly periods: boolean; readonly io: boolean };
};

/** The host as a whole. */
export type HostNow = HostMachine & {
  readonly averages: readonly [number, number, number] | null;
  /** CPUs in use; what the hypervisor took is not among them. */
  readonly cpuCores: number | null;
  readonly stolenCores: number | null;
  readonly usedBytes: number | null;
  readonly totalBytes: number | null;
  readonly swapUsedBytes: number | null;
  readonly swapTotalBytes: number | null;
  readonly pressure: {
    readonly cpu: Pressure | null;
    readonly memory: Pressure | null;
    readonly io: Pressure | null;
  };
};

export type HostGroups = {
  readonly now: HostNow;
  /** Whether only containers' groups have figures, and of the others those are here that processes are in. */
  readonly ofContainersOnly: boolean;
  /** Every group, in no order. */
  readonly groups: readonly HostGroup[];
  /** The processes in the group that was asked for, and below it. */
  readonly opened: { readonly path: string; readonly processes: readonly ContainerProcess[] } | null;
};
