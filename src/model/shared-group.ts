import { NO_THROTTLING } from './cgroup/build-cpu.ts';
import type { Cgroup } from './document/cgroup.ts';
import type { Problem } from './document/problem.ts';
import { type GroupCensus, hierarchyKeys } from './group-census.ts';
import type { ScannedProcess } from './process.ts';
import { processGroupName } from './process-group.ts';
import type { Before } from './sampled-before.ts';

/** Hierarchies, by their key in `Cgroup.paths`, in which others are in the group too, and how many. */
export type Strangers = ReadonlyMap<string, number>;

export const NOBODY_ELSE: Strangers = new Map();

/** Where use is counted: on v1 by the controllers' own trees, else by v2's. */
const COUNTING = ['cpu', 'cpuacct', 'memory', 'pids', 'blkio', 'unified'] as const;

/**
 * Who else is in the groups of these processes. In the root group everybody is, and nothing of it is shown anyway. The
 * group that a limit made for a process is its own, with whatever it starts.
 */
export function strangersIn(
  paths: Cgroup['paths'],
  members: readonly ScannedProcess[],
  census: GroupCensus,
): Strangers {
  const found = new Map<string, number>();
  for (const key of COUNTING) {
    const path = paths[key];
    if (path === undefined || path === '/' || members.some(({ stat }) => path.endsWith(`/${processGroupName(stat)}`))) {
      continue;
    }
    const strangers = census(key, path) - members.filter((process) => isIn(process, key, path)).length;
    if (strangers > 0) {
      found.set(key, strangers);
    }
  }
  return found;
}

function isIn({ cgroups }: ScannedProcess, key: string, group: string): boolean {
  return (
    cgroups.status === 'ok' &&
    cgroups.value.some(
      (membership) =>
        hierarchyKeys(membership).includes(key) &&
        (membership.path === group || membership.path.startsWith(`${group}/`)),
    )
  );
}

/** What others share of the groups: one problem for each group. */
export function sharedProblems(strangers: Strangers, paths: Cgroup['paths']): readonly Problem[] {
  const byPath = Map.groupBy(strangers, ([key]) => paths[key] ?? '/');
  return Array.from(byPath, ([path, entries]) => ({
    path,
    code: 'ESHARED',
    message: `the group ${path} also holds ${Math.max(...entries.map(([, count]) => count))} processes that are not this container's: its use is not told apart`,
    remedy: 'start it in a group of its own to see its use',
  }));
}

/** What is counted for all in a group together is left out; that it is frozen holds for each of them. */
export function withoutSharedUse(cgroup: Cgroup, strangers: Strangers): Cgroup {
  const { cpu, memory, pids, io, paths } = cgroup;
  const shared = (v1Key: string) => strangers.has(v1Key in paths ? v1Key : 'unified');
  // Where it is in the root of v1's cpuacct, the use is v2's.
  const isUseShared = strangers.has((paths['cpuacct'] ?? '/') === '/' ? 'unified' : 'cpuacct');
  return {
    ...cgroup,
    cpu: {
      ...cpu,
      ...(isUseShared && { usageUs: null, usageCores: null, ofLimitPercent: null }),
      ...(shared('cpu') && NO_THROTTLING),
    },
    memory: shared('memory') ? { ...memory, ...NO_MEMORY } : memory,
    pids: shared('pids') ? { ...pids, current: null } : pids,
    io: shared('blkio') ? { ...io, ...NO_IO } : io,
    pressure: strangers.has('unified') ? null : cgroup.pressure,
    warnings: [...cgroup.warnings, ...sharedProblems(strangers, paths).map(({ message }) => message)],
  };
}

const NO_IO = {
  readBytes: null,
  writeBytes: null,
  readOps: null,
  writeOps: null,
  readBytesPerSecond: null,
  writeBytesPerSecond: null,
  devices: [],
};

const NO_MEMORY = {
  usageBytes: null,
  workingSetBytes: null,
  anonBytes: null,
  fileBytes: null,
  inactiveFileBytes: null,
  kernelBytes: null,
  ofLimitPercent: null,
  swapUsageBytes: null,
  oomKills: null,
  failCount: null,
};

const MICROSECONDS = 1e6;

/** The CPU time of one process, which its own file tells where no group counts it alone; to a tick, 10 ms. */
export function withProcessTime(
  cgroup: Cgroup,
  { stat }: ScannedProcess,
  before: Before | null,
  hertz: number,
): Cgroup {
  const { cpu } = cgroup;
  if (cpu.usageUs !== null) {
    return cgroup;
  }
  const ticks = stat.utimeTicks + stat.stimeTicks;
  const earlier = before?.process(stat.pid, stat.startTicks)?.stat;
  const used = earlier === undefined ? -1 : ticks - earlier.utimeTicks - earlier.stimeTicks;
  const usageCores = before === null || used < 0 ? null : ((used / hertz) * MICROSECONDS) / before.elapsedUs;
  const file = `/proc/${stat.pid}/stat`;
  return {
    ...cgroup,
    cpu: {
      ...cpu,
      usageUs: (ticks / hertz) * MICROSECONDS,
      usageCores,
      ofLimitPercent:
        usageCores === null || typeof cpu.limitCores !== 'number' ? null : (usageCores / cpu.limitCores) * 100,
    },
    files: { ...cgroup.files, 'cpu.usageUs': file, 'cpu.usageCores': file },
  };
}
