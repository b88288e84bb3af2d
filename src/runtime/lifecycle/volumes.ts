import { lstatSync, statSync } from 'node:fs';
import type { MountFlag, MountSpec } from '../spec.ts';
import { makeDirectories } from '../state/make-directories.ts';
import { type ContainerConfig, newId } from '../state/records.ts';
import { StateFailure } from '../state/state-failure.ts';
import type { Store } from '../state/store.ts';
import { listContainers, readContainer } from './own-container.ts';
import { removeTree } from './remove-tree.ts';
import { RequestFailed } from './request-failed.ts';
import type { MountRequest, VolumesFrom } from './run-request.ts';

export type MadeMounts = {
  readonly mounts: readonly MountSpec[];
  /** Names of volumes by their target. */
  readonly volumes: { readonly [target: string]: string };
};

/** A volume without a name is called by 64 digits, as an id is. */
const ANONYMOUS = /^[0-9a-f]{64}$/;

/**
 * Looks up what is to be mounted, and makes the directories of the host that are missing. What was asked for replaces what is
 * inherited at the same place.
 */
export function makeMounts(store: Store, requests: readonly MountRequest[], inherited: MadeMounts): MadeMounts {
  for (const request of requests) {
    if (request.kind === 'bind') {
      checkSource(request.source, request.makeSource);
    }
  }
  const made = requests.map((request) => makeMount(store, request));
  const asked = new Set(requests.map(({ target }) => target));
  return {
    mounts: [...inherited.mounts.filter(({ target }) => !asked.has(target)), ...made.map(({ mount }) => mount)],
    volumes: Object.fromEntries([
      ...Object.entries(inherited.volumes).filter(([target]) => !asked.has(target)),
      ...made.flatMap(({ mount, volume }) => (volume === null ? [] : [[mount.target, volume] as const])),
    ]),
  };
}

/**
 * What other containers were given of the host, at the same places: docker-run(1) --volumes-from. File systems in memory
 * are nobody else's. Of two at one place the later one counts.
 */
export function inheritedMounts(store: Store, volumesFrom: readonly VolumesFrom[]): MadeMounts {
  const mounts = new Map<string, MountSpec>();
  const volumes: { [target: string]: string } = {};
  for (const { id, readOnly } of volumesFrom) {
    const other = readContainer(store, id);
    if (other === null) {
      throw new RequestFailed(`--volumes-from ${id.slice(0, 12)}`, 'it was removed meanwhile');
    }
    for (const mount of other.config.binds) {
      const { target } = mount;
      const flags = readOnly ? [...new Set<MountFlag>([...mount.flags, 'ro'])] : mount.flags;
      checkSource(mount.source, false);
      mounts.set(target, { ...mount, flags });
      delete volumes[target];
      const volume = other.config.volumes[target];
      if (volume !== undefined) {
        volumes[target] = volume;
      }
    }
  }
  return { mounts: [...mounts.values()], volumes };
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
      return { mount: bind(volumeData(store, volume), target, flags, 'private'), volume };
    }
    case 'bind':
      return { mount: bind(request.source, target, flags, request.propagation), volume: null };
  }
}

/** Whether it has volumes that nobody else knows by name. */
export function hasAnonymousVolumes(volumes: ContainerConfig['volumes']): boolean {
  return Object.values(volumes).some((name) => ANONYMOUS.test(name));
}

/** Volumes that only this container had: those without a name of their own that no other took over. */
export function removeAnonymousVolumes(store: Store, { id, volumes }: Pick<ContainerConfig, 'id' | 'volumes'>): void {
  const names = Object.values(volumes).filter((name) => ANONYMOUS.test(name));
  const others = names.length === 0 ? [] : listContainers(store).filter((other) => other.id !== id);
  const kept = new Set(
    others.flatMap(({ status, config }) => (status === 'removing' ? [] : Object.values(config.volumes))),
  );
  for (const name of names) {
    if (!kept.has(name)) {
      removeTree(volumeDirectory(store, name));
    }
  }
}

function volumeDirectory(store: Store, name: string): string {
  return `${store.root}/volumes/${name}`;
}

function volumeData(store: Store, name: string): string {
  return `${volumeDirectory(store, name)}/_data`;
}

/** Those that are missing, once the container is written down that has them: a crash leaves none that nobody knows. */
export function makeVolumes(store: Store, { volumes }: Pick<ContainerConfig, 'volumes'>): void {
  for (const data of Object.values(volumes).map((name) => volumeData(store, name))) {
    try {
      makeDirectories(`${store.root}/volumes`, 0o700);
      makeDirectories(data, 0o755);
    } catch (error) {
      throw StateFailure.of(data, error);
    }
  }
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
