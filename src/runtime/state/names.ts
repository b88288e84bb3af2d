import { linkSync, readlinkSync, renameSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { StateFailure } from './state-failure.ts';
import type { Store } from './store.ts';

/** Docker's rule, so that a name is a word of a shell and one component of a path. */
const NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/;

export const nameRule = 'a name begins with a letter or a digit; letters, digits, _ . - follow, 128 at most';

export function isName(name: string): boolean {
  return NAME.test(name);
}

/** The id that has the name; null: nobody has. */
export function ownerOf(store: Store, name: string): string | null {
  try {
    return isName(name) ? readlinkSync(`${store.names}/${name}`) : null;
  } catch {
    return null;
  }
}

/** Takes the name for this id: of many at once the kernel lets one win. False: somebody has it. */
export function claimName(store: Store, name: string, id: string): boolean {
  try {
    symlinkSync(id, `${store.names}/${name}`);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      return false;
    }
    throw StateFailure.of(store.names, error);
  }
}

/** Gives the name up if this id has it. Another's that comes in between is given back. */
export function releaseName(store: Store, name: string, id: string): void {
  if (ownerOf(store, name) !== id) {
    return;
  }
  const path = `${store.names}/${name}`;
  const aside = `${store.names}/.${id}`;
  try {
    renameSync(path, aside);
    if (readlinkSync(aside) !== id) {
      linkSync(aside, path);
    }
    unlinkSync(aside);
  } catch {
    // Somebody else removes the same container.
    rmSync(aside, { force: true });
  }
}

const MANNERS =
  'amber brisk calm clear deft eager fair fleet gentle glad keen kind lively lucid mellow merry neat nimble patient plain quick quiet ready sage sharp sober still sunny swift tidy vivid warm'.split(
    ' ',
  );
const THINGS =
  'acorn anchor aspen basil beacon birch brook canyon cedar clover comet coral crane delta ember falcon fern finch glade harbor heron iris juniper lark maple meadow otter pebble poppy raven reed willow'.split(
    ' ',
  );

/** A name for who gave none, from the id: two ids rarely share one, and then the number after it tells them apart. */
export function nameFor(id: string, attempt: number): string {
  const manner = MANNERS[Number.parseInt(id.slice(0, 4), 16) % MANNERS.length];
  const thing = THINGS[Number.parseInt(id.slice(4, 8), 16) % THINGS.length];
  return attempt === 0 ? `${manner}-${thing}` : `${manner}-${thing}-${attempt + 1}`;
}
