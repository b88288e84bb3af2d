import { existsSync } from 'node:fs';
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
import { StateFailure } from '../state/state-failure.ts';
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

/** Null: there is none of this id, it is just being removed, or its records are spoilt. */
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

/** What is told of a container that is there and cannot be read: a disk lost a record. Null: it can be, or it is gone. */
export function spoiltRecord(store: Store, id: string): StateFailure | null {
  const files = containerFiles(store, id);
  const spoilt = readConfig(files) === null ? files.config : readState(files) === null ? files.state : null;
  // The directory has both from the first, and loses its name before either goes.
  if (spoilt === null || !existsSync(files.directory)) {
    return null;
  }
  return new StateFailure(
    spoilt,
    'it is not the record of a container',
    `If nothing of it runs any more, remove ${files.directory}: nsview gc sweeps the rest.`,
  );
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
