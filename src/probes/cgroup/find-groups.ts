import type { CgroupLayout, CgroupMount } from '../../model/cgroup/layout.ts';
import type { CgroupMembership } from '../../model/process.ts';
import type { Steps } from '../../model/steps.ts';
import type { Host } from '../host.ts';

/** v1 hierarchies whose figures are shown, and the one that systemd keeps for itself. */
const SHOWN = ['cpu', 'cpuacct', 'cpuset', 'memory', 'pids', 'blkio', 'freezer', 'name=systemd'] as const;

/** So many directories are looked at between two steps. */
const DIRECTORIES_PER_STEP = 200;

/** A group of the host: where it is in each hierarchy that has it. */
export type FoundGroup = { readonly path: string; readonly memberships: readonly CgroupMembership[] };

type Hierarchy = { readonly mount: CgroupMount; readonly number: number; readonly controllers: readonly string[] };

/** Groups keep their memberships from one walk to the next, so that what is read of them is planned once. */
export type GroupFinder = { find(layout: CgroupLayout): Steps<readonly FoundGroup[]> };

/**
 * Finds every group of the host, empty ones too, parents before their children. v1 has a tree for each controller: groups
 * of the same path are one group, which has what the trees that know the path tell of it.
 */
export function openGroupFinder(host: Host): GroupFinder {
  let known = new Map<string, FoundGroup>();

  function* find(layout: CgroupLayout): Steps<readonly FoundGroup[]> {
    const paths = new Map<string, Hierarchy[]>();
    const hierarchies = hierarchiesOf(layout);
    let looked = 0;
    for (const hierarchy of hierarchies) {
      const { mountPoint, root } = hierarchy.mount;
      const pending = [''];
      for (let below = pending.pop(); below !== undefined; below = pending.pop()) {
        const path = (root === '/' ? '' : root) + below || '/';
        const there = paths.get(path);
        if (there === undefined) {
          paths.set(path, [hierarchy]);
        } else {
          there.push(hierarchy);
        }
        for (const name of childrenOf(host, mountPoint + below)) {
          pending.push(`${below}/${name}`);
        }
        looked += 1;
        if (looked % DIRECTORIES_PER_STEP === 0) {
          yield;
        }
      }
    }
    const found = new Map<string, FoundGroup>();
    for (const [path, where] of paths) {
      const before = known.get(path);
      found.set(path, before !== undefined && isSame(before, where) ? before : groupAt(path, where));
    }
    known = found;
    return [...found.values()];
  }

  return { find };
}

/** Co-mounted controllers are one hierarchy; v2 is number 0, as /proc/PID/cgroup has it. */
function hierarchiesOf({ v1, v2 }: CgroupLayout): readonly Hierarchy[] {
  const byMount = Map.groupBy(
    SHOWN.filter((controller) => controller in v1),
    (controller) => v1[controller]?.mountPoint,
  );
  const found = [...byMount.values()].flatMap((controllers, index) => {
    const mount = v1[controllers[0] ?? ''];
    return mount === undefined ? [] : [{ mount, number: index + 1, controllers }];
  });
  return v2 === null ? found : [{ mount: v2, number: 0, controllers: [] }, ...found];
}

/** A directory of kernfs has a link more for each directory in it: most groups have none and are not listed. */
function childrenOf(host: Host, dir: string): readonly string[] {
  const stat = host.stat(dir, 'gone');
  if (stat.status !== 'ok' || stat.value.links <= 2) {
    return [];
  }
  const names = host.list(dir, 'gone');
  let missing = stat.value.links - 2;
  const children: string[] = [];
  // Groups made last are listed first.
  for (const name of names.status === 'ok' ? names.value : []) {
    if (missing === 0) {
      break;
    }
    const child = host.stat(`${dir}/${name}`, 'gone');
    if (child.status === 'ok' && child.value.kind === 'dir') {
      children.push(name);
      missing -= 1;
    }
  }
  return children;
}

function groupAt(path: string, where: readonly Hierarchy[]): FoundGroup {
  return {
    path,
    memberships: where.map(({ number, controllers }) => ({ hierarchy: number, controllers, path, deleted: false })),
  };
}

function isSame({ memberships }: FoundGroup, where: readonly Hierarchy[]): boolean {
  return (
    memberships.length === where.length &&
    memberships.every(({ hierarchy }, index) => hierarchy === where[index]?.number)
  );
}
