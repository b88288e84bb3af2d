import { lstatSync, readlinkSync } from 'node:fs';
import type { CgroupLayout } from '../../model/cgroup/layout.ts';
import { processOfGroup } from '../../model/process-group.ts';
import { DEFAULT_PARENT } from '../cgroups/group-places.ts';
import { groupTree, removeEmptyGroup } from '../cgroups/group-processes.ts';
import { sweepBridge } from '../network/bridge.ts';
import { releaseName } from '../state/names.ts';
import { namesIn } from '../state/names-in.ts';
import { bootId, isRunning, processRef } from '../state/process-ref.ts';
import { readTextFile } from '../state/read-text-file.ts';
import {
  type ContainerConfig,
  containerFiles,
  draftFiles,
  kindOfDirectory,
  readConfig,
  readState,
  trashFiles,
  writeState,
  writeWhole,
} from '../state/records.ts';
import { StateFailure } from '../state/state-failure.ts';
import type { Store } from '../state/store.ts';
import { sweepMoved } from './limit-process.ts';
import { groupsOf, type OwnContainer, readContainer, spoiltRecord } from './own-container.ts';
import { clearGroups, takeDown } from './remove.ts';
import { removeTree } from './remove-tree.ts';

/** What was swept, one line each. */
type Lines = readonly string[];

/** `failures`: what could not be swept. It does not keep the rest from it. */
export type Swept = { readonly lines: Lines; readonly failures: readonly StateFailure[] };

/**
 * Sweeps what crashed runs left of the containers of this store, and nothing else. May be run at any time, any number of
 * times, beside starts and other sweeps: what somebody alive attends to is left alone. `made`: who sweeps is making this one.
 */
export async function sweepContainers(store: Store, made: string | null = null): Promise<Swept> {
  const swept: string[] = [];
  const failures: StateFailure[] = [];
  for (const entry of namesIn(store.containers)) {
    const directory = kindOfDirectory(entry);
    if (directory === null || directory.id === made) {
      continue;
    }
    const { kind, id } = directory;
    try {
      const line = await sweepDirectory(store, kind, id);
      if (line !== null) {
        swept.push(line);
      }
      const spoilt = kind === 'container' ? spoiltRecord(store, id) : null;
      if (spoilt !== null) {
        failures.push(spoilt);
      }
    } catch (error) {
      failures.push(error instanceof StateFailure ? error : StateFailure.of(`${store.containers}/${entry}`, error));
    }
  }
  const links = sweepBridge(store, {
    isKnown: (id) => exists(`${store.containers}/${id}`) || exists(draftFiles(store, id).directory),
    isRunning: (id) => readContainer(store, id)?.attended === true,
  });
  return { lines: [...swept, ...sweepNames(store), ...links], failures };
}

type DirectoryKind = NonNullable<ReturnType<typeof kindOfDirectory>>['kind'];

/** What was done about a directory of the store; null: it is as it should be. */
async function sweepDirectory(store: Store, kind: DirectoryKind, id: string): Promise<string | null> {
  const short = id.slice(0, 12);
  if (kind === 'trash') {
    removeTree(trashFiles(store, id).directory);
    return `${short}: the rest of a removal`;
  }
  if (kind === 'draft') {
    if (!isAbandoned(store, id)) {
      return null;
    }
    releaseNamesOf(store, id);
    removeTree(draftFiles(store, id).directory);
    return `${short}: a start that was not finished`;
  }
  const container = readContainer(store, id);
  const done = container === null ? null : await sweepContainer(store, container);
  return container === null || done === null ? null : `${container.config.name}: ${done}`;
}

/** Directories of the layers that containers stand on, also of those that are only begun. Null: of one nobody knows. */
export function layersInUse(store: Store): ReadonlySet<string> | null {
  const inUse = new Set<string>();
  for (const entry of namesIn(store.containers)) {
    const directory = kindOfDirectory(entry);
    if (directory === null || directory.kind === 'trash') {
      continue;
    }
    const files = (directory.kind === 'draft' ? draftFiles : containerFiles)(store, directory.id);
    const config = readConfig(files);
    // An image has layers: a record that names none is older than they are, one that is gone needs none any more.
    const isKnown = config === null ? directory.kind === 'draft' || !exists(files.directory) : hasLayers(config);
    if (!isKnown) {
      return null;
    }
    for (const layer of config?.layers ?? []) {
      inUse.add(layer);
    }
  }
  return inUse;
}

function hasLayers({ image, layers }: ContainerConfig): boolean {
  return image === null || layers.length > 0;
}

/** What was done about this container; null: it is as it should be. */
export async function sweepContainer(store: Store, container: OwnContainer): Promise<string | null> {
  const { status, attended, state, config } = container;
  if (attended) {
    return status === 'starting' && adopt(container) ? 'its start was cut short, and it runs' : null;
  }
  if (status === 'removing') {
    await takeDown(store, container);
    return 'its removal is finished';
  }
  if (status === 'lost' && (config.autoRemove || state.init === null)) {
    await takeDown(store, container);
    return state.init === null ? 'a start that was not finished' : 'it lost its helper, and was to be removed';
  }
  if (status === 'lost') {
    await clearGroups(container);
    recordLoss(container);
    return 'it lost its helper, and counts as killed';
  }
  if (status === 'exited' && config.autoRemove) {
    await takeDown(store, container);
    return 'it has ended, and was to be removed';
  }
  if (groupsOf(container).some((group) => groupTree(group).length > 0)) {
    await clearGroups(container);
    return 'groups that it left';
  }
  return null;
}

/** Who made it died before it could write down what runs; the helper of a detached container goes on. */
function adopt({ state, files }: OwnContainer): boolean {
  if (state.monitor === null || isRunning(state.creator)) {
    return false;
  }
  const { pid } = state.monitor;
  const child = /^\d+/.exec(readTextFile(`/proc/${pid}/task/${pid}/children`) ?? '')?.[0];
  const init = child === undefined ? null : processRef(Number(child));
  if (init === null) {
    return false;
  }
  writeState(files, { ...state, status: 'running', init, startedAt: new Date().toISOString() });
  return true;
}

const SIGKILL = 9;

/** The helper would have written it: what it was when it ended nobody knows. */
function recordLoss({ files, state }: OwnContainer): void {
  const nanoseconds = (milliseconds: number) => `${BigInt(milliseconds) * 1_000_000n}`;
  const now = Date.now();
  const started = state.startedAt === null ? now : Date.parse(state.startedAt);
  writeWhole(
    files.exit,
    `code ${128 + SIGKILL}\nsignal ${SIGKILL}\nstarted ${nanoseconds(started)}\nended ${nanoseconds(now)}\n`,
  );
}

function isAbandoned(store: Store, id: string): boolean {
  const files = draftFiles(store, id);
  const state = readState(files);
  if (state !== null) {
    return state.bootId !== bootId() || !isRunning(state.creator);
  }
  // Its maker writes the state first of all.
  return ageMs(files.directory) > UNWRITTEN_MS;
}

const UNWRITTEN_MS = 10_000;

/** Names whose container is gone. A name is taken after its draft is made and given up before the container goes. */
function sweepNames(store: Store): Lines {
  return namesIn(store.names).flatMap((name) => {
    const id = linkOf(`${store.names}/${name}`);
    if (id === null || exists(`${store.containers}/${id}`) || exists(draftFiles(store, id).directory)) {
      return [];
    }
    // A draft becomes a container between two looks.
    if (exists(`${store.containers}/${id}`)) {
      return [];
    }
    releaseName(store, name, id);
    return [`${name}: a name without a container`];
  });
}

function releaseNamesOf(store: Store, id: string): void {
  for (const name of namesIn(store.names)) {
    if (linkOf(`${store.names}/${name}`) === id) {
      releaseName(store, name, id);
    }
  }
}

/** A group is made after its container's state: one that is older than this and empty has lost it. */
const ORPHAN_MS = 60_000;

/**
 * Empty groups with our tag that no container of this store has and no process that runs; of another store's, none is
 * empty for long.
 */
export function sweepGroups(store: Store, layout: CgroupLayout): Lines {
  const left = sweepMoved(store);
  const mountPoints = new Set(
    [...Object.values(layout.v1), ...(layout.v2 === null ? [] : [layout.v2])].map((mount) => mount.mountPoint),
  );
  const ours = Array.from(mountPoints, (mountPoint) => `${mountPoint}${DEFAULT_PARENT}`).flatMap((parent) => {
    const orphans = namesIn(parent)
      .filter((name) => isOrphan(store, parent, name))
      .map((name) => `${parent}/${name}`);
    const removed = orphans.filter((group) => groupTree(group).every(removeEmptyGroup));
    removeEmptyGroup(parent);
    return removed;
  });
  return [...left, ...ours].map((group) => `${group}: an empty group`);
}

function isOrphan(store: Store, parent: string, name: string): boolean {
  const process = processOfGroup(name);
  if (process !== null) {
    return !isRunning(process);
  }
  return (
    /^[0-9a-f]{64}$/.test(name) && !exists(`${store.containers}/${name}`) && ageMs(`${parent}/${name}`) > ORPHAN_MS
  );
}

function ageMs(path: string): number {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat === undefined ? 0 : Date.now() - stat.mtimeMs;
}

function linkOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}

function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
