import { lstatSync, statSync } from 'node:fs';
import type { MountSpec } from '../spec.ts';
import { makeDirectories } from '../state/make-directories.ts';
import { newId } from '../state/records.ts';
import { StateFailure } from '../state/state-failure.ts';
import type { Store } from '../state/store.ts';
import { removeTree } from './remove-tree.ts';
import { RequestFailed } from './request-failed.ts';
import type { MountRequest } from './run-request.ts';

export type MadeMounts = {
  readonly mounts: readonly MountSpec[];
  /** Names of volumes by their target. */
  readonly volumes: { readonly [target: string]: string };
};

/** A volume without a name is called by 64 digits, as an id is. */
const ANONYMOUS = /^[0-9a-f]{64}$/;

/** Looks up what is to be mounted, and makes the volumes and directories that are missing. */
export function makeMounts(store: Store, requests: readonly MountRequest[]): MadeMounts {
  const made = requests.map((request) => makeMount(store, request));
  return {
    mounts: made.map(({ mount }) => mount),
    volumes: Object.fromEntries(
      made.flatMap(({ mount, volume }) => (volume === null ? [] : [[mount.target, volume] as const])),
    ),
  };
}

function makeMount(store: Store, request: MountRequest): { readonly mount: MountSpec; readonly volume: string | null } {
  const { target, flags } = request;
  switch (request.kind) {
    case 'tmpfs': {
      const { options } = request;
      const mount = { fsType: 'tmpfs', source: 'tmpfs', target, flags, options, optional: false } as const;
      return { mount: { kind: 'filesystem', ...mount }, volume: null };
    }
    case 'volume': {
      const volume = request.name ?? newId();
      return { mount: bind(makeVolume(store, volume), target, flags, 'private'), volume };
    }
    case 'bind':
      checkSource(request.source, request.makeSource);
      return { mount: bind(request.source, target, flags, request.propagation), volume: null };
  }
}

/** Volumes that only this container had: those without a name of their own. */
export function removeAnonymousVolumes(store: Store, volumes: { readonly [target: string]: string }): void {
  for (const name of Object.values(volumes)) {
    if (ANONYMOUS.test(name)) {
      removeTree(volumeDirectory(store, name));
    }
  }
}

function volumeDirectory(store: Store, name: string): string {
  return `${store.root}/volumes/${name}`;
}

function makeVolume(store: Store, name: string): string {
  const data = `${volumeDirectory(store, name)}/_data`;
  try {
    makeDirectories(`${store.root}/volumes`, 0o700);
    makeDirectories(data, 0o755);
  } catch (error) {
    throw StateFailure.of(data, error);
  }
  return data;
}

function checkSource(source: string, make: boolean): void {
  if (statSync(source, { throwIfNoEntry: false }) !== undefined) {
    return;
  }
  if (!make || lstatSync(source, { throwIfNoEntry: false }) !== undefined) {
    throw new RequestFailed(source, 'there is no such file or directory to mount (ENOENT)');
  }
  try {
    makeDirectories(source, 0o755);
  } catch (error) {
    throw new RequestFailed(source, `it is missing and cannot be made (${(error as NodeJS.ErrnoException).code})`);
  }
}

function bind(
  source: string,
  target: string,
  flags: Extract<MountSpec, { kind: 'bind' }>['flags'],
  propagation: 'private' | 'slave' | 'shared',
): MountSpec {
  return { kind: 'bind', source, target, recursive: true, flags, propagation };
}
