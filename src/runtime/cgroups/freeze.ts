import { setTimeout } from 'node:timers/promises';
import type { CgroupFiles } from './cgroup-files.ts';
import type { GroupPlaces } from './live-change.ts';

/** A large group may take a while; one in uninterruptible sleep never stops. */
const MOST_MS = 10_000;
const PAUSE_MS = 5;

export type FreezeOutcome = 'done' | 'slow' | 'unsupported' | { readonly code: string };

/**
 * Stops or continues every process of a group, and waits until that holds: v1 freezer.state (freezer-subsystem.rst), v2
 * cgroup.freeze and cgroup.events (cgroup-v2.rst). Freezing is asked for again while it is under way: a v1 group whose
 * processes fork can stay FREEZING.
 */
export async function setFrozen(files: CgroupFiles, places: GroupPlaces, frozen: boolean): Promise<FreezeOutcome> {
  const way = freezeWay(places);
  if (way === null) {
    return 'unsupported';
  }
  for (let waited = 0; waited < MOST_MS; waited += PAUSE_MS) {
    const code = files.write(way.file, way.word(frozen));
    if (code !== null) {
      return { code };
    }
    if (way.isFrozen(files) === frozen) {
      return 'done';
    }
    await setTimeout(PAUSE_MS);
  }
  // Half frozen is no state to be left in.
  files.write(way.file, way.word(false));
  return 'slow';
}

/** Null where it cannot be told. */
export function isFrozen(files: CgroupFiles, places: GroupPlaces): boolean | null {
  return freezeWay(places)?.isFrozen(files) ?? null;
}

type FreezeWay = {
  readonly file: string;
  word(frozen: boolean): string;
  isFrozen(files: CgroupFiles): boolean | null;
};

/** The file that freezes a group, and what is written to it; null where this host has none. */
export function freezeWay({ v1, v2 }: GroupPlaces): FreezeWay | null {
  const freezer = v1['freezer'];
  if (freezer !== undefined) {
    const file = `${freezer}/freezer.state`;
    return {
      file,
      word: (frozen) => (frozen ? 'FROZEN' : 'THAWED'),
      isFrozen: (files) => {
        const state = files.read(file)?.trim();
        return state === undefined ? null : state === 'FROZEN' ? true : state === 'THAWED' ? false : null;
      },
    };
  }
  if (v2 === null) {
    return null;
  }
  return {
    file: `${v2}/cgroup.freeze`,
    word: (frozen) => (frozen ? '1' : '0'),
    isFrozen: (files) => {
      const word = /^frozen ([01])$/m.exec(files.read(`${v2}/cgroup.events`) ?? '')?.[1];
      return word === undefined ? null : word === '1';
    },
  };
}
