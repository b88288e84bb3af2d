import { type CgroupMembership, isKernelThread, type ScannedProcess } from './process.ts';

/** How many processes are in a group of any hierarchy, or below it; kernel threads are nobody's. */
export type GroupCensus = (path: string) => number;

/** Groups of a process change seldom: what each membership list counts for is worked out once. */
const counted = new WeakMap<readonly CgroupMembership[], readonly string[]>();

/** Counted when somebody asks: where every container has its own group, nobody does. */
export function takeCensus(processes: Iterable<ScannedProcess>): GroupCensus {
  let counts: ReadonlyMap<string, number> | null = null;
  return (path) => {
    counts ??= countAll(processes);
    return counts.get(path) ?? 0;
  };
}

/** Those that are in a group of any hierarchy, or below it. */
export function processesIn(processes: readonly ScannedProcess[], path: string): readonly ScannedProcess[] {
  return processes.filter(({ cgroups }) => cgroups.status === 'ok' && groupsAround(cgroups.value).includes(path));
}

function countAll(processes: Iterable<ScannedProcess>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { stat, cgroups } of processes) {
    if (cgroups.status === 'ok' && !isKernelThread(stat)) {
      for (const path of groupsAround(cgroups.value)) {
        counts.set(path, (counts.get(path) ?? 0) + 1);
      }
    }
  }
  return counts;
}

/** Every path of these memberships with all its ancestors, each once. */
export function groupsAround(memberships: readonly CgroupMembership[]): readonly string[] {
  const known = counted.get(memberships);
  if (known !== undefined) {
    return known;
  }
  const paths = new Set<string>();
  for (const membership of memberships) {
    let { path } = membership;
    while (path !== '' && !paths.has(path)) {
      paths.add(path);
      path = path.slice(0, path.lastIndexOf('/'));
    }
    paths.add('/');
  }
  const found = [...paths];
  counted.set(memberships, found);
  return found;
}
