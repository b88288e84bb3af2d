import { type CgroupMembership, isKernelThread, type ScannedProcess } from './process.ts';

/**
 * How many processes are in a group of one hierarchy, or below it; kernel threads are nobody's. `key` as in
 * `Cgroup.paths`: a controller of v1, `unified`, `systemd`.
 */
export type GroupCensus = (key: string, path: string) => number;

/** Groups of a process change seldom: what each membership list counts for is worked out once. */
const counted = new WeakMap<readonly CgroupMembership[], readonly string[]>();
const innermost = new WeakMap<readonly CgroupMembership[], readonly string[]>();
const placed = new WeakMap<readonly CgroupMembership[], readonly string[]>();

/** Counted when somebody asks: where every container has its own group, nobody does. */
export function takeCensus(processes: Iterable<ScannedProcess>): GroupCensus {
  let counts: ReadonlyMap<string, number> | null = null;
  return (key, path) => {
    counts ??= countAll(processes);
    return counts.get(`${key}:${path}`) ?? 0;
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
      for (const place of placesAround(cgroups.value)) {
        counts.set(place, (counts.get(place) ?? 0) + 1);
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

/** Of these memberships the innermost paths: those that none of the others lies below. */
export function innermostGroups(memberships: readonly CgroupMembership[]): readonly string[] {
  const known = innermost.get(memberships);
  if (known !== undefined) {
    return known;
  }
  const paths = [...new Set(memberships.map(({ path }) => path))];
  const found = paths.filter((path) => {
    const below = path === '/' ? '/' : `${path}/`;
    return !paths.some((other) => other !== path && other.startsWith(below));
  });
  innermost.set(memberships, found);
  return found;
}

/** Every hierarchy's path with all its ancestors, as the census counts them. */
function placesAround(memberships: readonly CgroupMembership[]): readonly string[] {
  const known = placed.get(memberships);
  if (known !== undefined) {
    return known;
  }
  const found = memberships.flatMap((membership) => {
    const paths = groupsAround([membership]);
    return hierarchyKeys(membership).flatMap((key) => paths.map((path) => `${key}:${path}`));
  });
  placed.set(memberships, found);
  return found;
}

/** What the hierarchy of a membership is called in `Cgroup.paths`; co-mounted controllers have one name each. */
export function hierarchyKeys({ hierarchy, controllers }: CgroupMembership): readonly string[] {
  return hierarchy === 0
    ? ['unified']
    : controllers.map((controller) => (controller === 'name=systemd' ? 'systemd' : controller));
}
