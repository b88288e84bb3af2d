/** Limits that can be changed, by what is typed for them. */
export type LimitKey =
  | 'cpus'
  | 'cpuQuota'
  | 'cpuShares'
  | 'cpuset'
  | 'memory'
  | 'memorySwap'
  | 'memoryReservation'
  | 'pids'
  | 'readRate'
  | 'writeRate';

/** What somebody must know before typing a limit. */
export type LimitForm = {
  readonly title: string;
  /** What is typed: units, form, an example. */
  readonly takes: string;
  /** From what to what this host allows. */
  readonly allowed: string;
  /** What the group itself says now, as it would be typed; null where it does not tell. */
  readonly now: string | null;
};
