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
  let listed = new Map<string, readonly string[]>();

  function* find(layout: CgroupLayout): Steps<readonly FoundGroup[]> {
    const paths = new Map<string, Hierarchy[]>();
    const hierarchies = hierarchiesOf(layout);
    const inside = new Map<string, readonly string[]>();
    let looked = 0;
    for (const hierarchy of hierarchies) {
      const { mountPoint, root } = hierarchy.mount;
      const pending: Directory[] = [{ below: '', links: linksOf(host, mountPoint) ?? 2 }];
      for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
        const { below, links } = next;
        const path = (root === '/' ? '' : root) + below || '/';
        const there = paths.get(path);
        if (there === undefined) {
          paths.set(path, [hierarchy]);
        } else {
          there.push(hierarchy);
        }
        const dir = mountPoint + below;
        const children = childrenOf(host, dir, links, listed.get(dir));
        inside.set(
          dir,
          children.map(({ name }) => name),
        );
        pending.push(...children.map((child) => ({ below: `${below}/${child.name}`, links: child.links })));
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
    listed = inside;
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

/** Below the mount; `links` of its inode. */
type Directory = { readonly below: string; readonly links: number };

type Child = { readonly name: string; readonly links: number };

/** Null where it is no directory, or gone. */
function linksOf(host: Host, dir: string): number | null {
  const stat = host.stat(dir, 'gone');
  return stat.status === 'ok' && stat.value.kind === 'dir' ? stat.value.links : null;
}

/**
 * A directory of kernfs has a link more for each directory in it: most groups have none and are not listed, and where as
 * many as `before` are there and all of those still are, no other one is.
 */
function childrenOf(host: Host, dir: string, links: number, before: readonly string[] | undefined): readonly Child[] {
  const count = links - 2;
  if (count <= 0) {
    return [];
  }
  const same = before?.length === count ? directoriesOf(host, dir, before, count) : [];
  if (same.length === count) {
    return same;
  }
  const names = host.list(dir, 'gone');
  return names.status === 'ok' ? directoriesOf(host, dir, names.value, count) : [];
}

/** At most `count` of these names: the other names are files. */
function directoriesOf(host: Host, dir: string, names: readonly string[], count: number): readonly Child[] {
  const found: Child[] = [];
  for (const name of names) {
    if (found.length === count) {
      break;
    }
    const links = linksOf(host, `${dir}/${name}`);
    if (links !== null) {
      found.push({ name, links });
    }
  }
  return found;
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
