import type { Container } from '../../model/document/container.ts';
import { placesOfContainer } from '../../probes/cgroup/container-places.ts';
import { cgroupFiles } from '../../runtime/cgroups/cgroup-files.ts';
import type { GroupPlaces } from '../../runtime/cgroups/live-change.ts';
import type { Resources } from '../../runtime/cgroups/resources.ts';
import { limitingStrangers } from '../../runtime/cgroups/strangers.ts';
import { isUp } from '../../runtime/lifecycle/own-container.ts';
import { type ProcessMove, planProcessMove } from '../../runtime/lifecycle/plan-process-move.ts';
import type { ProcessRef } from '../../runtime/spec.ts';
import { isKernelThread, processRef } from '../../runtime/state/process-ref.ts';
import type { Store } from '../../runtime/state/store.ts';
import { requestFailed } from '../failure.ts';
import type { Flags } from '../flags.ts';
import { directoriesOfProcess } from './foreign-places.ts';
import { ownCgroupLayout } from './own-groups.ts';
import { openOwnRefs } from './own-ref.ts';

/** Whose limits change, and what must be made before: groups of its own for a process in no container. */
export type LimitTarget = {
  /** Made by an engine that keeps the limits itself, and so is asked to change them; null: the files are written. */
  readonly ofEngine: Container | null;
  readonly name: string;
  readonly places: GroupPlaces;
  readonly process: ProcessRef | null;
  readonly move: ProcessMove | null;
};

/** One of our own containers, else whatever the inspector finds: it is loaded only then. */
export async function limitTarget(store: Store, ref: string, globals: Flags, asked: Resources): Promise<LimitTarget> {
  const own = await openOwnRefs('limit', { store, globals })(ref);
  if (own !== null) {
    if (!isUp(own)) {
      throw requestFailed(`container '${ref}'`, 'it is not running');
    }
    return { ofEngine: null, name: own.config.name, places: own.config.groups, process: null, move: null };
  }
  const { foreignTarget } = await import('./foreign-target.ts');
  const { name, pid, container } = await foreignTarget('limit', ref, globals);
  const layout = ownCgroupLayout();
  if (container !== null) {
    const places = placesOfContainer(layout, container);
    if (container.engine === 'docker' || container.engine === 'podman') {
      return { ofEngine: container, name, places, process: null, move: null };
    }
    const strangers = limitingStrangers(places, asked, container);
    if (strangers !== null) {
      throw requestFailed(name, strangers);
    }
    return { ofEngine: null, name, places, process: null, move: null };
  }
  const process = processRef(pid);
  if (process === null) {
    throw requestFailed(name, 'there is no such process', 'Processes and their numbers: ps -e.');
  }
  if (isKernelThread(pid)) {
    throw requestFailed(name, 'it is a thread of the kernel, which stays in its groups');
  }
  const now = directoriesOfProcess(layout, pid);
  const move = planProcessMove({ layout, process, resources: asked, now, read: cgroupFiles.read });
  return { ofEngine: null, name, places: move.places, process, move };
}
