import { type Claims, claimGroups } from './claims.ts';
import { type ContainerGroup, findInit, newGroup } from './container-group.ts';
import { type PidSpace, pidSpaces } from './pid-spaces.ts';
import type { PlacedProcess, Placement } from './placed-process.ts';
import type { CgroupMatch } from './recognise-cgroup.ts';
import { isSandbox } from './sandbox.ts';
import { type Watcher, watchedKey } from './supervised.ts';

export type Groups = readonly ContainerGroup[];

/** By process: the container whose cgroup it is in. */
type ByCgroup = ReadonlyMap<PlacedProcess, ContainerGroup>;
type Owners = Map<number, ContainerGroup>;

/** Puts every process into its innermost container: by cgroup first, then by namespaces. */
export function buildGroups(placement: Placement, watcher: Watcher): Groups {
  const spaces = pidSpaces(placement);
  const { groups, byCgroup } = cgroupGroups(placement, watcher);
  const owners: Owners = new Map();
  for (const group of groups) {
    group.init = findInit(group.own, placement);
    const space = group.init?.pidNamespace;
    if (group.init !== null && space !== null && space !== undefined && spaces.get(space)?.init === group.init) {
      owners.set(space, group);
    }
  }
  const bare = bareGroups({ placement, spaces, byCgroup, owners, watcher });
  const all = [...groups, ...bare];
  addByNamespace({ placement, spaces, byCgroup, owners, groups: all });
  for (const group of all) {
    adopt(group, spaces, owners);
  }
  return all;
}

function cgroupGroups(placement: Placement, watcher: Watcher) {
  const claims = claimGroups(placement, watcher);
  const chains = placement.processes.map((placed) => chainOf(placed, claims));
  const proven = provenKeys(placement, chains, watcher);
  const groups = new Map<string, ContainerGroup>();
  const byCgroup = new Map<PlacedProcess, ContainerGroup>();
  const outer = new Map<ContainerGroup, readonly CgroupMatch[]>();
  for (const [index, placed] of placement.processes.entries()) {
    const chain = chains[index] ?? [];
    const inner = chain.findIndex(({ key }) => proven.has(key));
    const match = chain[inner];
    if (match === undefined) {
      continue;
    }
    let group = groups.get(match.key);
    if (group === undefined) {
      group = newGroup(match.key, match, null);
      groups.set(match.key, group);
      outer.set(group, chain.slice(inner + 1));
    }
    group.own.push(placed);
    byCgroup.set(placed, group);
  }
  for (const [group, chain] of outer) {
    const around = chain.find(({ key }) => key !== group.key && groups.has(key));
    group.parent = around === undefined ? null : (groups.get(around.key) ?? null);
  }
  return { groups: [...groups.values()], byCgroup };
}

/** All containers around a process, innermost first. */
function chainOf(placed: PlacedProcess, claims: Claims): readonly CgroupMatch[] {
  const claimed = claims.around(placed);
  const { containers } = placed.recognition;
  return claimed.length === 0 ? containers : [...claimed, ...containers].sort((a, b) => b.path.length - a.path.length);
}

/** A path that anybody could have made needs a namespace, or the supervisor's word, to speak for it. */
function provenKeys(
  { processes, hostPid, hostMnt }: Placement,
  chains: readonly (readonly CgroupMatch[])[],
  watcher: Watcher,
): ReadonlySet<string> {
  const proven = new Set<string>();
  for (const [index, placed] of processes.entries()) {
    for (const match of chains[index] ?? []) {
      if (proven.has(match.key)) {
        continue;
      }
      const isElsewhere =
        placed.depth > 1 ||
        (placed.pidNamespace ?? hostPid) !== hostPid ||
        (placed.mntNamespace ?? hostMnt) !== hostMnt;
      if (match.sure || isElsewhere || (match.id !== null && watcher(placed)?.id === match.id)) {
        proven.add(match.key);
      }
    }
  }
  return proven;
}

type Surroundings = {
  readonly placement: Placement;
  readonly spaces: ReadonlyMap<number, PidSpace>;
  readonly byCgroup: ByCgroup;
  readonly owners: Owners;
};

/** Containers that no cgroup path names: a pid and a mount namespace of their own, and no sandbox. */
function bareGroups(input: Surroundings & { readonly watcher: Watcher }): readonly ContainerGroup[] {
  const { placement, spaces, byCgroup, owners, watcher } = input;
  const found: ContainerGroup[] = [];
  // One shim may watch over all containers of a pod, and names only the first.
  const keys = new Set(Array.from(byCgroup.values(), ({ key }) => key));
  for (const space of spaces.values()) {
    const home = byCgroup.get(space.init) ?? null;
    if (owners.has(space.inode) || (home !== null && home.init?.pidNamespace === space.inode)) {
      continue;
    }
    const watched = watcher(space.init);
    const told = watched !== null && watched.id !== null && home?.match?.id !== watched.id ? watched : null;
    const around = home ?? ownerAround(space, spaces, owners);
    if (told === null && !isBareContainer(space, around, placement)) {
      continue;
    }
    const group =
      told === null || keys.has(watchedKey(told))
        ? newGroup(bareKey(space), null, null)
        : newGroup(watchedKey(told), null, told);
    keys.add(group.key);
    group.init = space.init;
    group.parent = around;
    owners.set(space.inode, group);
    found.push(group);
  }
  return found;
}

function bareKey({ inode, init, processes }: PidSpace): string {
  const mnt = mntOf(init, processes);
  return inode < 0 || mnt === null ? `pid:${init.pid}@${init.startTicks}` : `ns:${inode}:${mnt}`;
}

/** A zombie has no mount namespace any more, the others in its pid namespace have. */
function mntOf(init: PlacedProcess, processes: readonly PlacedProcess[]): number | null {
  return init.mntNamespace ?? processes.find((placed) => placed.mntNamespace !== null)?.mntNamespace ?? null;
}

function isBareContainer(space: PidSpace, around: ContainerGroup | null, { byPid, hostMnt }: Placement): boolean {
  const { init, processes } = space;
  const maker = byPid.get(init.ppid)?.comm ?? null;
  if (isSandbox({ unit: init.recognition.unit, init: init.comm, maker })) {
    return false;
  }
  const mnt = mntOf(init, processes);
  if (mnt !== null) {
    return mnt !== hostMnt && mnt !== (around?.init?.mntNamespace ?? null);
  }
  // Its mounts are hidden from us. A program that forks itself into a pid namespace is a browser's zygote.
  return init.namespacesDenied && init.insidePid === 1 && maker !== null && maker !== init.comm;
}

function ownerAround(
  space: PidSpace,
  spaces: ReadonlyMap<number, PidSpace>,
  owners: ReadonlyMap<number, ContainerGroup>,
): ContainerGroup | null {
  let next = space.around;
  for (let steps = spaces.size; next !== null && steps > 0; steps -= 1) {
    const owner = owners.get(next);
    if (owner !== undefined) {
      return owner;
    }
    next = spaces.get(next)?.around ?? null;
  }
  return null;
}

function addByNamespace(input: Surroundings & { readonly groups: Groups }): void {
  const { placement, spaces, byCgroup, owners, groups } = input;
  const byMounts = new Map<string, ContainerGroup>();
  for (const group of groups) {
    const { init } = group;
    if (init !== null && init.mntNamespace !== null && init.mntNamespace !== placement.hostMnt) {
      byMounts.set(`${init.pidNamespace} ${init.mntNamespace}`, group);
    }
  }
  const moved = new Set<PlacedProcess>();
  for (const placed of placement.processes) {
    const cgroup = byCgroup.get(placed) ?? null;
    const space = placed.pidNamespace === null ? undefined : spaces.get(placed.pidNamespace);
    const owner = space === undefined ? null : (owners.get(space.inode) ?? ownerAround(space, spaces, owners));
    if (owner !== null && owner.match === null && cgroup === homeOf(owner, byCgroup)) {
      owner.own.push(placed);
      moved.add(placed);
    } else if (cgroup === null && !placed.recognition.supervisor) {
      const sameMounts = byMounts.get(`${placed.pidNamespace} ${placed.mntNamespace}`);
      (sameMounts ?? owner)?.joined.push(placed);
    }
  }
  for (const group of moved.size === 0 ? [] : groups) {
    if (group.match !== null) {
      group.own = group.own.filter((placed) => !moved.has(placed));
    }
  }
}

function homeOf({ init }: ContainerGroup, byCgroup: ByCgroup): ContainerGroup | null {
  return init === null ? null : (byCgroup.get(init) ?? null);
}

/** By pid namespace, where the cgroup path shows no container around it: Docker in a container with the host's groups. */
function adopt(group: ContainerGroup, spaces: ReadonlyMap<number, PidSpace>, owners: Owners): void {
  const space = spaces.get(group.init?.pidNamespace ?? 0);
  if (group.parent !== null || space === undefined || owners.get(space.inode) !== group) {
    return;
  }
  const around = ownerAround(space, spaces, owners);
  for (let each = around; each !== null; each = each.parent) {
    if (each === group) {
      return;
    }
  }
  group.parent = around;
}
