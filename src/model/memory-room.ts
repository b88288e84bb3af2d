import type { Cgroup } from './document/cgroup.ts';
import type { ContainerProcess } from './document/process.ts';

/**
 * Bytes that it can still take before the kernel kills: up to the limit file pages are given back first, so only the
 * rest of the usage counts. Files of a tmpfs are counted as file and are not given back: it is this much at most.
 * Null where there is no limit, or where another group's use counts against it too.
 */
export function roomBeforeOom(memory: Cgroup['memory'], ownPaths: readonly string[]): number | null {
  const { limitBytes, limitedBy, usageBytes, fileBytes } = memory;
  if (typeof limitBytes !== 'number' || usageBytes === null || fileBytes === null) {
    return null;
  }
  if (limitedBy === null || !ownPaths.includes(limitedBy)) {
    return null;
  }
  return Math.max(0, limitBytes - Math.max(0, usageBytes - fileBytes));
}

/** Its own processes with the most resident memory, largest first; pages they share count for each of them. */
export function largestProcesses(processes: readonly ContainerProcess[], count: number): readonly ContainerProcess[] {
  return processes
    .filter(({ rssBytes, joined }) => !joined && rssBytes !== null && rssBytes > 0)
    .toSorted((a, b) => (b.rssBytes ?? 0) - (a.rssBytes ?? 0) || a.pid - b.pid)
    .slice(0, count);
}
