import type { Limit } from '../limit.ts';
import type { Reading } from '../reading.ts';

/** A figure and the file it came from. */
export type Figure<T> = { readonly reading: Reading<T>; readonly file: string };

/** A limit and the cgroup path that sets it: the group's own first, then each ancestor up to the root. */
export type ChainLink<T> = { readonly path: string; readonly file: string; readonly reading: Reading<T> };

/** cpu.cfs_* or cpu.max. Microseconds. */
export type Quota = { readonly quotaUs: Limit; readonly periodUs: number };

/**
 * One container's group as the kernel has it, v1 and v2 in one shape: raw, no rate, no decision. Units as the names
 * say; v1's nanoseconds and pages are converted by the readers.
 */
export type CgroupSample = {
  readonly version: 1 | 2;
  readonly paths: { readonly [controller: string]: string };
  /** CLOCK_MONOTONIC, the midpoint of before and after reading the counters. */
  readonly readAtUs: number;
  readonly cpu: {
    readonly usageUs: Figure<number>;
    readonly throttling: Figure<{
      readonly periods: number;
      readonly throttledPeriods: number;
      readonly throttledUs: number;
    }>;
    readonly quotas: readonly ChainLink<Quota>[];
    readonly burstUs: Figure<number>;
    readonly shares: Figure<number>;
    readonly weight: Figure<number>;
    readonly cpus: Figure<string>;
  };
  readonly memory: {
    readonly usageBytes: Figure<number>;
    /** memory.stat, whole: keys as the kernel names them; bytes and counts. */
    readonly stat: Figure<{ readonly [key: string]: number }>;
    readonly limits: readonly ChainLink<Limit>[];
    readonly swapLimits: readonly ChainLink<Limit>[];
    readonly highBytes: Figure<Limit>;
    readonly lowBytes: Figure<number>;
    readonly softLimitBytes: Figure<Limit>;
    readonly swapUsageBytes: Figure<number>;
    readonly kernelBytes: Figure<number>;
    readonly oomKills: Figure<number>;
    readonly failCount: Figure<number>;
  };
  readonly pids: {
    readonly current: Figure<number>;
    /** `current` of each ancestor too: one with less room left is a warning. */
    readonly limits: readonly (ChainLink<Limit> & { readonly current: Reading<number> })[];
  };
  readonly io: { readonly devices: Figure<readonly IoCounters[]>; readonly limits: Figure<readonly IoLimits[]> };
  readonly pressure: {
    readonly cpu: Figure<string>;
    readonly memory: Figure<string>;
    readonly io: Figure<string>;
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
