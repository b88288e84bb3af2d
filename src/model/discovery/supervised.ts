import type { PlacedProcess, Placement } from './placed-process.ts';
import type { CgroupMatch } from './recognise-cgroup.ts';
import { isSupervisorComm, parseSupervisor, type Watched } from './supervisor.ts';

/** What the parent of a process says of the container it watches over. */
export type Watcher = (placed: PlacedProcess) => Watched | null;

export function openWatcher({ byPid }: Placement, supervisors: ReadonlyMap<number, readonly string[]>): Watcher {
  const known = new Map<number, Watched | null>();
  return ({ ppid }) => {
    let watched = known.get(ppid);
    if (watched === undefined) {
      const parent = byPid.get(ppid);
      watched =
        parent !== undefined && isSupervisorComm(parent.comm)
          ? parseSupervisor(parent.comm, supervisors.get(ppid) ?? [])
          : null;
      known.set(ppid, watched);
    }
    return watched;
  };
}

/** ids of containerd and LXC are free text, and only unique in their namespace. */
export function watchedKey({ engine, namespace, id }: Watched): string {
  return namespace === null ? `${engine}:${id}` : `${engine}:${namespace}/${id}`;
}

/** Groups whose names match no pattern, but whose processes have a parent that says what they are. */
export type Claims = {
  /** Containers around these paths, any depth, in no order. */
  around(placed: PlacedProcess): readonly CgroupMatch[];
};

/**
 * `ctr` puts a container at `/NAMESPACE/ID`, `runc run ID` below the caller's own group, LXC and nspawn wherever they
 * are told: such a path means something only because the parent of the process in it names that container.
 */
export function claimGroups(placement: Placement, watcher: Watcher): Claims {
  const claims = new Map<string, CgroupMatch | null>();
  for (const placed of placement.processes) {
    const parent = placement.byPid.get(placed.ppid);
    const watched = parent === undefined ? null : watcher(placed);
    if (parent === undefined || watched === null || watched.id === null || isOtherwiseKnown(placed, parent)) {
      continue;
    }
    for (const [place, path] of claimedPaths(placed, parent, watched.id)) {
      const match = claimMatch(watched, path);
      const before = claims.get(place);
      // Two containers in one group: the group is neither's.
      claims.set(place, before === undefined || before?.key === match.key ? match : null);
    }
  }
  return { around: (placed) => (claims.size === 0 ? [] : claimsAround(placed, claims)) };
}

/** Its path says more than its supervisor's does. */
function isOtherwiseKnown(placed: PlacedProcess, parent: PlacedProcess): boolean {
  return placed.recognition.containers[0]?.path !== parent.recognition.containers[0]?.path;
}

function claimMatch(watched: Watched, path: string): CgroupMatch {
  const { engine, id, name, namespace } = watched;
  return { key: watchedKey(watched), engine, id, name: name ?? id, pod: namespace, path, sure: true };
}

/** Per hierarchy: up to the component that is the id, else all of a path that is not the supervisor's own. */
function claimedPaths(placed: PlacedProcess, parent: PlacedProcess, id: string): [string, string][] {
  const claimed: [string, string][] = [];
  for (const { hierarchy, path } of placed.memberships) {
    const outside = parent.memberships.find((membership) => membership.hierarchy === hierarchy)?.path ?? '/';
    if (isWithin(outside, path)) {
      continue;
    }
    const parts = path.split('/');
    const named = parts.lastIndexOf(id);
    const whole = parts.at(-1) === 'init.scope' ? parts.slice(0, -1) : parts;
    const own = named > 0 ? parts.slice(0, named + 1).join('/') : whole.join('/');
    if (!isWithin(outside, own)) {
      claimed.push([`${hierarchy} ${own}`, own]);
    }
  }
  return claimed;
}

function isWithin(path: string, around: string): boolean {
  return around === '/' || around === '' || path === around || path.startsWith(`${around}/`);
}

function claimsAround({ memberships }: PlacedProcess, claims: ReadonlyMap<string, CgroupMatch | null>) {
  for (const { hierarchy, path } of memberships) {
    const found: CgroupMatch[] = [];
    for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
      const claim = claims.get(`${hierarchy} ${path.slice(0, end)}`);
      if (claim !== undefined && claim !== null) {
        found.push(claim);
      }
    }
    if (found.length > 0) {
      return found;
    }
  }
  return [];
}
