import { placesOfContainer } from '../../probes/cgroup/container-places.ts';
import type { ExecTarget } from '../../runtime/lifecycle/exec.ts';
import { confinementOf, foreignNamespaces } from '../../runtime/lifecycle/process-facts.ts';
import { processRef } from '../../runtime/state/process-ref.ts';
import { requestFailed } from '../failure.ts';
import { placesOfProcess } from './foreign-places.ts';
import type { ForeignTarget } from './foreign-target.ts';
import { ownCgroupLayout } from './own-groups.ts';

/** A container of another engine, or any process: entered with what its first process is confined to. */
export function foreignExecTarget(
  { name, pid, container }: ForeignTarget,
  ref: string,
  read: (pid: number, path: string) => string | null,
): ExecTarget {
  const target = processRef(pid);
  if (target === null) {
    throw requestFailed(`container '${ref}'`, 'it ended meanwhile');
  }
  if (container?.status === 'paused') {
    throw requestFailed(`container '${name}'`, 'it is paused');
  }
  const layout = ownCgroupLayout();
  const { v1, v2 } = container === null ? placesOfProcess(layout, pid) : placesOfContainer(layout, container);
  return {
    name,
    target,
    namespaces: foreignNamespaces(pid),
    joins: [
      ...Array.from(new Set(Object.values(v1)), (directory) => ({ version: 1 as const, directory })),
      ...(v2 === null ? [] : [{ version: 2 as const, directory: v2 }]),
    ],
    process: confinementOf(pid, { uid: 0, gid: 0 }),
    read: (path) => read(pid, path),
  };
}
