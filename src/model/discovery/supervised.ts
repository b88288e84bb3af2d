import type { PlacedProcess, Placement } from './placed-process.ts';
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
