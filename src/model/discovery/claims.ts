import type { PlacedProcess, Placement } from './placed-process.ts';
import type { CgroupMatch } from './recognise-cgroup.ts';
import { isSandbox } from './sandbox.ts';
import { type Watcher, watchedKey } from './supervised.ts';
import type { Watched } from './supervisor.ts';

/** Groups whose names match no pattern, but in which something else shows a container. */
export type Claims = {
  /** The containers whose groups a process is in, the innermost first. */
  around(placed: PlacedProcess): readonly CgroupMatch[];
};

/** By hierarchy, then path; null where two containers claim one group: it is neither's. */
type Claimed = Map<number, Map<string, CgroupMatch | null>>;

/**
 * `ctr` puts a container at `/NAMESPACE/ID`, `runc run ID` below the caller's own group, LXC and nspawn wherever they
 * are told. Such a path means something only because the parent of the process in it names that container, or because
 * everything in the group shares a pid namespace that nobody outside of it is in.
 */
export function claimGroups(placement: Placement, watcher: Watcher): Claims {
  const claimed: Claimed = new Map();
  const lone: PlacedProcess[] = [];
  for (const placed of placement.processes) {
    const parent = placement.byPid.get(placed.ppid);
    // Where its path says more than its parent's does, that is known already.
    if (parent === undefined || placed.recognition.containers[0]?.path !== parent.recognition.containers[0]?.path) {
      continue;
    }
    const watched = watcher(placed);
    if (watched !== null && watched.id !== null) {
      claimForWatched(claimed, watched, watched.id, placed, parent);
    } else if (isLone(placed, parent, placement)) {
      lone.push(placed);
    }
  }
  claimForLone(claimed, lone, placement);
  return { around: claimsAround(claimed) };
}

/** Per hierarchy: up to the component that is the id, else all of a path that is not the supervisor's own. */
function claimForWatched(
  claimed: Claimed,
  watched: Watched,
  id: string,
  placed: PlacedProcess,
  parent: PlacedProcess,
): void {
  const { engine, name, namespace } = watched;
  for (const { hierarchy, path } of placed.memberships) {
    const outside = pathIn(parent, hierarchy);
    const parts = path.split('/');
    const named = parts.lastIndexOf(id);
    const whole = parts.at(-1) === 'init.scope' ? parts.slice(0, -1) : parts;
    const own = named > 0 ? parts.slice(0, named + 1).join('/') : whole.join('/');
    if (!isWithin(outside, own)) {
      claim(claimed, hierarchy, {
        key: watchedKey(watched),
        engine,
        id,
        name: name ?? id,
        pod: namespace,
        path: own,
        sure: true,
      });
    }
  }
}

/** The first process of a pid and a mount namespace, in a group that is neither its parent's nor a systemd unit. */
function isLone(placed: PlacedProcess, parent: PlacedProcess, { hostPid, hostMnt }: Placement): boolean {
  const { pidNamespace, mntNamespace, insidePid, memberships, recognition, comm } = placed;
  const [first] = memberships;
  return (
    insidePid === 1 &&
    pidNamespace !== null &&
    pidNamespace !== hostPid &&
    mntNamespace !== null &&
    mntNamespace !== hostMnt &&
    mntNamespace !== parent.mntNamespace &&
    first !== undefined &&
    !isWithin(pathIn(parent, first.hierarchy), first.path) &&
    recognition.unit === null &&
    parent.comm !== 'unshare' &&
    !isSandbox({ unit: null, init: comm, maker: parent.comm })
  );
}

/** What runc, crun and youki leave when they are not waiting for it: they call the group by the container's id. */
function claimForLone(claimed: Claimed, lone: readonly PlacedProcess[], { processes }: Placement): void {
  const inits = new Map<string, PlacedProcess>();
  for (const init of lone) {
    inits.set(placeOf(init), init);
  }
  for (const placed of inits.size === 0 ? [] : processes) {
    for (let place = placeOf(placed); place !== ''; place = place.slice(0, place.lastIndexOf('/'))) {
      const init = inits.get(place);
      if (init !== undefined && placed.pidNamespace !== init.pidNamespace && placed.depth <= init.depth) {
        inits.delete(place);
      }
    }
  }
  for (const [place, init] of inits) {
    const id = place.slice(place.lastIndexOf('/') + 1);
    const key = `ns:${init.pidNamespace}:${init.mntNamespace}`;
    for (const { hierarchy, path } of init.memberships) {
      if (path.endsWith(`/${id}`)) {
        claim(claimed, hierarchy, { key, engine: 'oci', id, name: id, pod: null, path, sure: true });
      }
    }
  }
}

/** Its path in the hierarchy that is believed first. */
function placeOf({ memberships }: PlacedProcess): string {
  const path = memberships[0]?.path ?? '';
  return path === '/' ? '' : path;
}

function claim(claimed: Claimed, hierarchy: number, match: CgroupMatch): void {
  const paths = claimed.get(hierarchy) ?? new Map<string, CgroupMatch | null>();
  const before = paths.get(match.path);
  paths.set(match.path, before === undefined || before?.key === match.key ? match : null);
  claimed.set(hierarchy, paths);
}

function pathIn({ memberships }: PlacedProcess, hierarchy: number): string {
  return memberships.find((membership) => membership.hierarchy === hierarchy)?.path ?? '/';
}

function isWithin(path: string, around: string): boolean {
  return around === '/' || around === '' || path === around || path.startsWith(`${around}/`);
}

function claimsAround(claimed: Claimed): Claims['around'] {
  const known = new Map(Array.from(claimed.keys(), (hierarchy) => [hierarchy, new Map<string, CgroupMatch[]>()]));
  return ({ memberships }) => {
    for (const { hierarchy, path } of known.size === 0 ? [] : memberships) {
      const claims = claimed.get(hierarchy);
      if (claims === undefined || path === '/') {
        continue;
      }
      const found = known.get(hierarchy)?.get(path) ?? claimsOn(path, claims);
      known.get(hierarchy)?.set(path, found);
      if (found.length > 0) {
        return found;
      }
    }
    return [];
  };
}

function claimsOn(path: string, claims: ReadonlyMap<string, CgroupMatch | null>): CgroupMatch[] {
  const found: CgroupMatch[] = [];
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
    const match = claims.get(path.slice(0, end));
    if (match !== undefined && match !== null) {
      found.push(match);
    }
  }
  return found;
}
