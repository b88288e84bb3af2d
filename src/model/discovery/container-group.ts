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

/** Processes that the engine started beside the init, or that attached through it: their parent is outside. */
export function findExecs(group: ContainerGroup, { byPid, hostPid }: Placement): readonly number[] {
  const { init, own } = group;
  const pids = new Set(own.map((placed) => placed.pid));
  const ownPidNamespace = init !== null && init.depth > 1 && init.pidNamespace !== hostPid;
  return own
    .filter((placed) => placed !== init && !pids.has(placed.ppid))
    .filter((placed) => ownPidNamespace || isSupervisorComm(byPid.get(placed.ppid)?.comm ?? ''))
    .map((placed) => placed.pid);
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
