import type { Pressure } from '../document/cgroup.ts';
import type { Limit } from '../limit.ts';
import type { Reading } from '../reading.ts';

/** A figure and the file it came from; `file` is null where no hierarchy of this host has such a file. */
export type Figure<T> = { readonly reading: Reading<T>; readonly file: string | null };

/** A figure of the group itself or of an ancestor. */
export type ChainLink<T> = { readonly path: string; readonly file: string; readonly reading: Reading<T> };

/**
 * The group's own link first, the topmost visible one last; the root of a hierarchy, which has no limits, is left out.
 * Null where the controller is not on this host or the group is outside our view.
 */
export type Chain<Link> = readonly Link[] | null;

/** cpu.cfs_* or cpu.max. Microseconds. */
export type Quota = { readonly quotaUs: Limit; readonly periodUs: number };

/** cpu.stat. Cumulative. */
export type Throttling = {
  readonly periods: number;
  readonly throttledPeriods: number;
  readonly throttledUs: number;
};

/**
 * One container's group as the kernel has it, v1 and v2 in one shape: raw, no rate, no decision. Units as the names
 * say; v1's nanoseconds and sentinels are converted by the readers.
 */
export type CgroupSample = {
  readonly version: 1 | 2;
  readonly paths: { readonly [controller: string]: string };
  /** CLOCK_MONOTONIC, the midpoint of before and after reading the counters. */
  readonly readAtUs: number;
  /** The top of what we see is not the root of the hierarchy: limits above it cannot be known. */
  readonly ancestorsHidden: boolean;
  /** Controllers for which it is in the root group, whose figures are the host's and not its own. */
  readonly inRoot: readonly string[];
  /** Controllers not enabled for the group: their figures are those of the ancestor at `path`. */
  readonly borrowed: readonly { readonly controller: string; readonly path: string }[];
  readonly cpu: {
    readonly usageUs: Figure<number>;
    readonly throttling: Chain<ChainLink<Throttling>>;
    readonly quotas: Chain<ChainLink<Quota>>;
    readonly burstUs: Figure<number>;
    readonly shares: Figure<number>;
    readonly weight: Figure<number>;
    readonly cpus: Figure<string>;
  };
  readonly memory: {
    readonly usageBytes: Figure<number>;
    /** memory.stat, whole: keys as the kernel names them; bytes and counts. */
    readonly stat: Figure<{ readonly [key: string]: number }>;
    readonly limits: Chain<ChainLink<Limit>>;
    /** v2: swap alone. */
    readonly swapLimits: Chain<ChainLink<Limit>>;
    /** v1: memory and swap together. */
    readonly memswLimits: readonly ChainLink<Limit>[];
    readonly highBytes: Figure<Limit>;
    readonly lowBytes: Figure<Limit>;
    readonly softLimitBytes: Figure<Limit>;
    readonly swapUsageBytes: Figure<number>;
    readonly kernelBytes: Figure<number>;
    readonly oomKills: Figure<number>;
    readonly failCount: Figure<number>;
  };
  readonly pids: {
    readonly current: Figure<number>;
    /** `current` of each ancestor too: one with less room left is a warning. */
    readonly limits: Chain<ChainLink<Limit> & { readonly current: Reading<number> }>;
  };
  readonly io: {
    readonly devices: Figure<readonly IoCounters[]>;
    /** Where the operations of `devices` come from: v1 has a file of its own for them. */
    readonly operationsFile: string | null;
    /** v2's limits bind all below; v1's bind the group alone, so that chain has one link. */
    readonly limits: Chain<ChainLink<readonly IoLimits[]>>;
  };
  readonly pressure: {
    readonly cpu: Figure<Pressure>;
    readonly memory: Figure<Pressure>;
    readonly io: Figure<Pressure>;
  } | null;
  readonly frozen: Figure<boolean>;
  /** Groups below it, for the container's cost. */
  readonly descendants: Reading<number>;
};

/** `device` as `major:minor`. */
export type IoCounters = {
  readonly device: string;
  readonly readBytes: number;
  readonly writeBytes: number;
  readonly readOps: number;
  readonly writeOps: number;
};

export type IoLimits = {
  readonly device: string;
  readonly readBytesPerSecond: Limit;
  readonly writeBytesPerSecond: Limit;
  readonly readOpsPerSecond: Limit;
  readonly writeOpsPerSecond: Limit;
};
