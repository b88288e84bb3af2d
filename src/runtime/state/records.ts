import { closeSync, openSync, readFileSync, readSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { CgroupJoin } from '../cgroup-spec.ts';
import type { GroupPlaces } from '../cgroups/live-change.ts';
import type { MountSpec, NamespaceType, PortSpec, ProcessRef, ProcessSpec } from '../spec.ts';
import { configOf, stateOf } from './record-form.ts';
import { StateFailure } from './state-failure.ts';
import type { Store } from './store.ts';

/** What a container was made as: `config.json`, written once. */
export type ContainerConfig = {
  readonly id: string;
  readonly name: string;
  /** As it was asked for; null with --rootfs. */
  readonly image: string | null;
  /** Directories of what it stands on, top first: seen through the ids of a user namespace a mount names none of them. */
  readonly layers: readonly string[];
  /** RFC 3339. */
  readonly createdAt: string;
  readonly labels: { readonly [name: string]: string };
  readonly autoRemove: boolean;
  readonly detached: boolean;
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly stopSignal: number;
  readonly stopTimeoutSeconds: number;
  readonly privileged: boolean;
  readonly ports: readonly PortSpec[];
  /** Files, directories and volumes of the host that it was given: what --volumes-from takes over. */
  readonly binds: readonly Extract<MountSpec, { kind: 'bind' }>[];
  /** Names of volumes by their target. */
  readonly volumes: { readonly [target: string]: string };
  /** Namespaces of its own, which a command more enters. */
  readonly namespaces: readonly NamespaceType[];
  /** Its groups, which go with it. */
  readonly joins: readonly CgroupJoin[];
  /** Groups above, made for it: each goes with the last container in it. */
  readonly parents: readonly string[];
  readonly groups: GroupPlaces;
  /** How its command was started, and any command more is; the filter as base64. */
  readonly process: Omit<ProcessSpec, 'seccomp'> & { readonly seccomp: string | null };
};

/** What becomes of it: `state.json`, written anew at each change. */
export type ContainerState = {
  /** `removing`: nothing of it counts any more. How it ended is in the exit record. */
  readonly status: 'creating' | 'running' | 'removing';
  /** The start of the machine that the processes belong to. */
  readonly bootId: string;
  /** Who makes it. */
  readonly creator: ProcessRef;
  /** The helper that stays with it. */
  readonly monitor: ProcessRef | null;
  readonly init: ProcessRef | null;
  /** As asked for, with the ports that the kernel chose; null: not listened on yet. */
  readonly ports: readonly PortSpec[] | null;
  /** RFC 3339. */
  readonly startedAt: string | null;
};

const DRAFT = '.new-';
const TRASH = '.trash-';
const DIRECTORY = /^(\.new-|\.trash-)?([0-9a-f]{64})$/;

/** The files of one container. */
export type ContainerFiles = {
  readonly directory: string;
  readonly lock: string;
  readonly state: string;
  readonly config: string;
  readonly upper: string;
  readonly work: string;
  readonly init: string;
  readonly log: string;
  /** What was printed before, once the log was long. */
  readonly oldLog: string;
  readonly exit: string;
};

export function containerFiles(store: Store, id: string): ContainerFiles {
  return filesIn(`${store.containers}/${id}`);
}

/** Where a container is while it is put together. */
export function draftFiles(store: Store, id: string): ContainerFiles {
  return filesIn(`${store.containers}/${DRAFT}${id}`);
}

/** What a removed container is called until all of it is gone. */
export function trashFiles(store: Store, id: string): ContainerFiles {
  return filesIn(`${store.containers}/${TRASH}${id}`);
}

/** The id within a name of a directory, and what the directory is; null: not one of ours. */
export function kindOfDirectory(
  name: string,
): { readonly kind: 'container' | 'draft' | 'trash'; readonly id: string } | null {
  const [, prefix, id] = DIRECTORY.exec(name) ?? [];
  return id === undefined ? null : { kind: prefix === DRAFT ? 'draft' : prefix === TRASH ? 'trash' : 'container', id };
}

function filesIn(directory: string): ContainerFiles {
  return {
    directory,
    lock: `${directory}/lock`,
    state: `${directory}/state.json`,
    config: `${directory}/config.json`,
    upper: `${directory}/upper`,
    work: `${directory}/work`,
    init: `${directory}/init`,
    log: `${directory}/log`,
    oldLog: `${directory}/log.1`,
    exit: `${directory}/exit`,
  };
}

/** Null where it is missing, was not written whole or is of another form. */
export function readConfig(files: ContainerFiles): ContainerConfig | null {
  return configOf(readJson(files.config));
}

export function readState(files: ContainerFiles): ContainerState | null {
  return stateOf(readJson(files.state));
}

/** Readers find the old one or the new one, never a part. */
export function writeState(files: ContainerFiles, state: ContainerState): void {
  writeWhole(files.state, `${JSON.stringify(state)}\n`);
}

export function writeWhole(path: string, text: string): void {
  const draft = `${path}.${process.pid}.new`;
  try {
    writeFileSync(draft, text, { mode: 0o600 });
    renameSync(draft, path);
  } catch (error) {
    rmSync(draft, { force: true });
    throw StateFailure.of(path, error);
  }
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

/** 64 hexadecimal digits that nobody can guess: random(4). */
export function newId(): string {
  const bytes = Buffer.alloc(32);
  const fd = openSync('/dev/urandom', 'r');
  try {
    readSync(fd, bytes);
  } finally {
    closeSync(fd);
  }
  return bytes.toString('hex');
}
