import { lstatSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { makeDirectories } from './make-directories.ts';
import { StateFailure } from './state-failure.ts';

/** Where nsview keeps what it makes. */
export type Store = {
  readonly root: string;
  /** One directory for each container, called by its id. */
  readonly containers: string;
  /** One link for each name, to the id that has it. */
  readonly names: string;
};

type Environment = { readonly [name: string]: string | undefined };

/** `--root`, else what is usual for root and for others (XDG Base Directory Specification). */
export function storeAt(root: string | undefined, env: Environment, uid: number): Store {
  // The helper of a detached container works in another directory than who starts it.
  const place = root === undefined ? usualRoot(env, uid) : resolve(root);
  return { root: place, containers: join(place, 'containers'), names: join(place, 'names') };
}

/** Where those that this person makes are; null where no place for it is known: an ordinary user without a home. */
export function storeOf(root: string | undefined): Store | null {
  try {
    return storeAt(root, process.env, process.geteuid?.() ?? 0);
  } catch {
    return null;
  }
}

function usualRoot(env: Environment, uid: number): string {
  if (uid === 0) {
    return '/var/lib/nsview';
  }
  const data = env['XDG_DATA_HOME'];
  if (data?.startsWith('/')) {
    return join(data, 'nsview');
  }
  const home = env['HOME'];
  if (!home?.startsWith('/')) {
    throw new StateFailure(
      'the state folder',
      'neither HOME nor XDG_DATA_HOME says where it is',
      'Name one with --root DIR.',
    );
  }
  return join(home, '.local', 'share', 'nsview');
}

/** Makes the folders where they are missing, for nobody else to look into. */
export function makeStore(store: Store): void {
  try {
    for (const directory of [store.root, store.containers, store.names]) {
      makeDirectories(directory, 0o700);
    }
  } catch (error) {
    throw StateFailure.of(store.root, error);
  }
  const { mode, uid } = lstatSync(store.root);
  if (uid !== process.geteuid?.() || (mode & 0o022) !== 0) {
    throw new StateFailure(store.root, 'others could write into it', 'Name a folder of your own with --root DIR.');
  }
}
