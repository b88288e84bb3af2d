import type { PlacedProcess, Placement } from './placed-process.ts';
import type { CgroupMatch } from './recognise-cgroup.ts';
import { isSupervisorComm, type Watched } from './supervisor.ts';

/** A container while it is being put together. */
export type ContainerGroup = {
  readonly key: string;
  /** Null for one that its namespaces alone give away. */
  readonly match: CgroupMatch | null;
  /** What its supervisor told, where no cgroup path did. */
  readonly told: Watched | null;
  /** Processes of which it is the innermost container, ascending by pid. */
  own: PlacedProcess[];
  readonly joined: PlacedProcess[];
  init: PlacedProcess | null;
  parent: ContainerGroup | null;
};

export function newGroup(key: string, match: CgroupMatch | null, told: Watched | null): ContainerGroup {
  return { key, match, told, own: [], joined: [], init: null, parent: null };
}

/**
 * The process that the container lives and dies with: number 1 of its pid namespace, or, where it shares that of the
 * host or of another container, the oldest whose parent is outside (the parent of execs too is the supervisor).
 */
export function findInit(own: readonly PlacedProcess[], { hostPid, hostMnt }: Placement): PlacedProcess | null {
  // One that was put into the group by hand has nothing of the container's but its limits.
  const inside = own.filter((placed) => placed.pidNamespace !== hostPid || placed.mntNamespace !== hostMnt);
  const pool = inside.length > 0 ? inside : own;
  const depth = Math.min(...pool.map((placed) => placed.depth));
  const first = oldest(pool.filter((placed) => placed.depth === depth && placed.depth > 1 && placed.insidePid === 1));
  if (first !== null) {
    return first;
  }
  const pids = new Set(own.map((placed) => placed.pid));
  return oldest(pool.filter((placed) => !pids.has(placed.ppid))) ?? oldest(pool);
}

export function oldest(placed: readonly PlacedProcess[]): PlacedProcess | null {
  let found: PlacedProcess | null = null;
  for (const each of placed) {
    if (found === null || each.startTicks < found.startTicks) {
      found = each;
    }
  }
  return found;
}

/**
 * Processes whose parent is outside and that are not the init. Those that the engine started (docker exec) are told
 * from those that joined by the group they are in, and where the container has none, or shares the host's pid
 * namespace, where orphans go outside too, by their parent.
 */
export function findEntered(
  group: ContainerGroup,
  { byPid, hostPid }: Placement,
): { readonly execs: readonly number[]; readonly joined: readonly number[] } {
  const { init, own, match } = group;
  const pids = new Set(own.map((placed) => placed.pid));
  const execs: number[] = [];
  const joined = group.joined.map((placed) => placed.pid);
  const sharesHost = init === null || init.depth < 2 || init.pidNamespace === hostPid;
  for (const placed of own) {
    if (placed === init || pids.has(placed.ppid)) {
      continue;
    }
    if (isSupervisorComm(byPid.get(placed.ppid)?.comm ?? '') || (match !== null && !sharesHost)) {
      execs.push(placed.pid);
    } else if (match === null) {
      joined.push(placed.pid);
    }
  }
  return { execs, joined: joined.sort((one, other) => one - other) };
}

/**
 * What a container's processes are called until the runtime executes the command. crun runs from a copy of itself in a
 * memfd; a container that was created and not started stays so.
 */
const BEING_SET_UP = /^(?:runc:\[|youki:\[|crun$|memfd:crun)/;

export function isBeingSetUp(comm: string): boolean {
  return BEING_SET_UP.test(comm);
}

export function isStarting({ own }: ContainerGroup): boolean {
  return own.length > 0 && own.every((placed) => isBeingSetUp(placed.comm));
}
