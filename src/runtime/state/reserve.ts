import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { claimName, nameFor, ownerOf, releaseName } from './names.ts';
import { bootId, processRef } from './process-ref.ts';
import {
  type ContainerConfig,
  type ContainerFiles,
  type ContainerState,
  containerFiles,
  draftFiles,
} from './records.ts';
import { StateFailure } from './state-failure.ts';
import type { Store } from './store.ts';

export type Reservation =
  | {
      readonly kind: 'reserved';
      readonly config: ContainerConfig;
      readonly files: ContainerFiles;
      readonly state: ContainerState;
    }
  | { readonly kind: 'taken'; readonly name: string; readonly owner: string };

/** Names for who gave none are made from the id; another container may have the same words. */
const MOST_NAMES = 100;

/**
 * Takes a name and makes the container's directory with all that is known of it. The directory appears whole, and counts
 * as being made by this process for as long as this process lives. `name` null: one is made up.
 */
export function reserve(store: Store, config: Omit<ContainerConfig, 'name'>, name: string | null): Reservation {
  const { id } = config;
  const owner = name === null ? null : ownerOf(store, name);
  if (name !== null && owner !== null) {
    return { kind: 'taken', name, owner };
  }
  const draft = draftFiles(store, id);
  const files = containerFiles(store, id);
  const state = creating();
  let claimed: string | null = null;
  try {
    mkdirSync(draft.directory, { mode: 0o700 });
    writeFileSync(draft.state, `${JSON.stringify(state)}\n`, { mode: 0o600 });
    claimed = claimOne(store, id, name);
    if (claimed === null) {
      rmSync(draft.directory, { recursive: true, force: true });
      return { kind: 'taken', name: name ?? '', owner: ownerOf(store, name ?? '') ?? '' };
    }
    for (const directory of [draft.upper, draft.work, draft.init]) {
      mkdirSync(directory, { mode: 0o755 });
    }
    const whole: ContainerConfig = { ...config, name: claimed };
    writeFileSync(draft.config, `${JSON.stringify(whole)}\n`, { mode: 0o600 });
    renameSync(draft.directory, files.directory);
    return { kind: 'reserved', config: whole, files, state };
  } catch (error) {
    if (claimed !== null) {
      releaseName(store, claimed, id);
    }
    rmSync(draft.directory, { recursive: true, force: true });
    throw StateFailure.of(store.containers, error);
  }
}

function creating(): ContainerState {
  return {
    status: 'creating',
    bootId: bootId(),
    creator: processRef(process.pid) ?? { pid: process.pid, startTicks: 0 },
    monitor: null,
    init: null,
    ports: null,
    startedAt: null,
  };
}

function claimOne(store: Store, id: string, name: string | null): string | null {
  if (name !== null) {
    return claimName(store, name, id) ? name : null;
  }
  for (let attempt = 0; attempt < MOST_NAMES; attempt += 1) {
    const made = nameFor(id, attempt);
    if (claimName(store, made, id)) {
      return made;
    }
  }
  throw new StateFailure(store.names, 'no free name was found', 'Give one with --name.');
}
