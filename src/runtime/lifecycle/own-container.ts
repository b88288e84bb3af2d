import { cgroupFiles } from '../cgroups/cgroup-files.ts';
import { isFrozen } from '../cgroups/freeze.ts';
import type { ProcessRef } from '../spec.ts';
import { type ExitRecord, readExitRecord } from '../state/exit-record.ts';
import { containerIds } from '../state/find.ts';
import { isLockHeld } from '../state/lock-held.ts';
import { bootId, isRunning } from '../state/process-ref.ts';
import {
  type ContainerConfig,
  type ContainerFiles,
  type ContainerState,
  containerFiles,
  readConfig,
  readState,
} from '../state/records.ts';
import type { Store } from '../state/store.ts';

/** `lost`: neither its helper nor a record of its end is there; gc makes it exited or removes it. */
type OwnStatus = 'starting' | 'running' | 'paused' | 'exited' | 'lost' | 'removing';

/** A container of the store as it is now. */
export type OwnContainer = {
  readonly id: string;
  readonly config: ContainerConfig;
  readonly state: ContainerState;
  readonly files: ContainerFiles;
  readonly status: OwnStatus;
  readonly exit: ExitRecord | null;
  /** Whether its helper, or who makes or removes it, is still there. */
  readonly attended: boolean;
};

/** Null: there is none of this id, or it is just being removed. */
export function readContainer(store: Store, id: string): OwnContainer | null {
  const files = containerFiles(store, id);
  const config = readConfig(files);
  const state = readState(files);
  if (config === null || state === null) {
    return null;
  }
  const lives = (process: ProcessRef | null) => process !== null && state.bootId === bootId() && isRunning(process);
  const helped = lives(state.monitor);
  const exit = readExitRecord(files.exit);
  const made = state.status !== 'running' && lives(state.creator);
  const attended = helped || made || (exit === null && isLockHeld(files.lock));
  const status = ((): OwnStatus => {
    if (state.status === 'removing') return 'removing';
    if (exit !== null) return 'exited';
    if (!attended) return 'lost';
    if (state.init === null) return 'starting';
    return isFrozen(cgroupFiles, config.groups) === true ? 'paused' : 'running';
  })();
  return { id, config, state, files, status, exit, attended };
}

/** Every container of the store, the oldest first. */
export function listContainers(store: Store): readonly OwnContainer[] {
  return containerIds(store)
    .map((id) => readContainer(store, id))
    .filter((container) => container !== null)
    .sort((a, b) => (a.config.createdAt < b.config.createdAt ? -1 : 1));
}

export function isUp({ status }: OwnContainer): boolean {
  return status === 'starting' || status === 'running' || status === 'paused';
}

/** Directories of all its groups, in every hierarchy. */
export function groupsOf({ config }: OwnContainer): readonly string[] {
  return config.joins.map(({ directory }) => directory);
}
