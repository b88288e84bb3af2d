import { existsSync, renameSync } from 'node:fs';
import { cgroupFiles } from '../cgroups/cgroup-files.ts';
import { setFrozen } from '../cgroups/freeze.ts';
import { killAll, removeEmptyGroup, removeGroup } from '../cgroups/group-processes.ts';
import { leaveBridge } from '../network/bridge.ts';
import { releaseName } from '../state/names.ts';
import { bootId, processRef } from '../state/process-ref.ts';
import { trashFiles, writeState } from '../state/records.ts';
import { StateFailure } from '../state/state-failure.ts';
import type { Store } from '../state/store.ts';
import { killContainer } from './end.ts';
import { groupsOf, isUp, type OwnContainer, readContainer } from './own-container.ts';
import { removeTree } from './remove-tree.ts';
import { called, RequestFailed } from './request-failed.ts';
import { removeAnonymousVolumes } from './volumes.ts';

export type RemoveOptions = {
  /** Ends it first. */
  readonly force: boolean;
  /** Volumes without a name of their own go too. */
  readonly volumes: boolean;
};

/** Removes a container that has ended. */
export async function removeContainer(
  store: Store,
  container: OwnContainer,
  { force, volumes }: RemoveOptions,
): Promise<void> {
  if (isUp(container)) {
    if (!force) {
      const { name } = container.config;
      throw new RequestFailed(called(name), 'it is running', `Stop it first (nsview stop ${name}), or use rm -f.`);
    }
    await killContainer(store, container);
  }
  await takeDown(store, readContainer(store, container.id) ?? container);
  if (volumes) {
    removeAnonymousVolumes(store, container.config);
  }
}

/**
 * What is left of a container without a helper: its processes, groups, name and files, in an order in which each crash
 * leaves something that still says what it was. May be done twice.
 */
export async function takeDown(store: Store, container: OwnContainer): Promise<void> {
  const { id, config, state, files } = container;
  const self = processRef(process.pid) ?? state.creator;
  try {
    writeState(files, { ...state, status: 'removing', bootId: bootId(), creator: self });
  } catch (error) {
    if (readContainer(store, id) === null) {
      return;
    }
    // A full disk must not keep anybody from making room.
    if (!(error instanceof StateFailure)) {
      throw error;
    }
  }
  await clearGroups(container);
  // What never ran has written to none.
  if (config.autoRemove || state.init === null) {
    removeAnonymousVolumes(store, config);
  }
  leaveBridge(store, id);
  releaseName(store, config.name, id);
  discard(store, id);
}

/** Ends what is still in its groups and removes them. False: something in them does not end. */
export async function clearGroups(container: OwnContainer): Promise<boolean> {
  // The helper removes them itself, unless it was killed.
  const groups = groupsOf(container).filter((group) => existsSync(group));
  if (groups.length > 0) {
    await setFrozen(cgroupFiles, container.config.groups, false);
    await killAll(groups);
  }
  const removed = await Promise.all(groups.map((group) => removeGroup(group)));
  for (const parent of container.config.parents) {
    removeEmptyGroup(parent);
  }
  return removed.every(Boolean);
}

function discard(store: Store, id: string): void {
  const { directory } = trashFiles(store, id);
  try {
    renameSync(`${store.containers}/${id}`, directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') {
      throw StateFailure.of(store.containers, error);
    }
  }
  removeTree(directory);
}
