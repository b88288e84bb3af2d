import { oldest } from './container-group.ts';
import type { PlacedProcess, Placement } from './placed-process.ts';

/** A pid namespace that is not the host's, and the processes in it. */
export type PidSpace = {
  readonly inode: number;
  readonly processes: readonly PlacedProcess[];
  /** Number 1 in it, else the oldest that is seen. */
  readonly init: PlacedProcess;
  readonly depth: number;
  /** The pid namespace around it; null is the host's, or unknown. */
  readonly around: number | null;
};

/** Outer ones first. */
export function pidSpaces(placement: Placement): ReadonlyMap<number, PidSpace> {
  const members = new Map<number, PlacedProcess[]>();
  for (const placed of placement.processes) {
    const { pidNamespace } = placed;
    if (pidNamespace === null || pidNamespace === placement.hostPid) {
      continue;
    }
    const known = members.get(pidNamespace);
    if (known === undefined) {
      members.set(pidNamespace, [placed]);
    } else {
      known.push(placed);
    }
  }
  const spaces: PidSpace[] = [];
  for (const [inode, processes] of members) {
    const init = oldest(processes.filter((placed) => placed.insidePid === 1)) ?? oldest(processes);
    if (init !== null) {
      spaces.push({ inode, processes, init, depth: init.depth, around: around(init, inode, placement) });
    }
  }
  spaces.sort((one, other) => one.depth - other.depth || one.init.pid - other.init.pid);
  return new Map(spaces.map((space) => [space.inode, space]));
}

/** A pid namespace is a child of the one in which its first process was cloned: that of the parent. */
function around(init: PlacedProcess, inode: number, { byPid, hostPid }: Placement): number | null {
  let parent = byPid.get(init.ppid);
  for (let steps = byPid.size; parent?.pidNamespace === inode && steps > 0; steps -= 1) {
    parent = byPid.get(parent.ppid);
  }
  const found = parent?.pidNamespace ?? null;
  return found === hostPid || found === inode ? null : found;
}
