/** The files of a group of version 1 that hold the limits that can be changed; the cpuset beside them. */
export const limitFiles = [
  'cpu.cfs_quota_us',
  'cpu.cfs_period_us',
  'cpu.shares',
  'memory.limit_in_bytes',
  'memory.memsw.limit_in_bytes',
  'memory.soft_limit_in_bytes',
  'pids.max',
] as const;
