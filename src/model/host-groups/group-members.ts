import { groupsAround, innermostGroups } from '../group-census.ts';
import { isKernelThread, type ScannedProcess } from '../process.ts';

/** Who is in a group. `names`: what those right in it are called; the others count for the groups around theirs too. */
export type GroupMembers = {
  readonly processes: number;
  readonly threads: number;
  readonly names: ReadonlySet<string>;
};

export const NOBODY: GroupMembers = { processes: 0, threads: 0, names: new Set() };

/** By path; kernel threads are nobody's. */
export function membersOfGroups(processes: readonly ScannedProcess[]): ReadonlyMap<string, GroupMembers> {
  const counts = new Map<string, { processes: number; threads: number; names: Set<string> }>();
  for (const { stat, cgroups } of processes) {
    if (cgroups.status === 'ok' && !isKernelThread(stat)) {
      for (const path of groupsAround(cgroups.value)) {
        const count = counts.get(path) ?? { processes: 0, threads: 0, names: new Set() };
        counts.set(path, count);
        count.processes += 1;
        count.threads += stat.threads;
      }
      for (const path of innermostGroups(cgroups.value)) {
        counts.get(path)?.names.add(stat.comm);
      }
    }
  }
  return counts;
}
