import type { WastedVersion } from './branch-use.ts';
import type { BranchFile } from './same-files.ts';
import type { MergedEntry, Version } from './union.ts';

/** A path with the bytes that no one sees of it, and the files that have them. */
export type WastedPath = {
  readonly path: string;
  readonly bytes: number;
  readonly isDeleted: boolean;
  readonly files: readonly BranchFile[];
};

/** So many paths are told of. */
const MOST = 50;
/** So many of those that may have moved are kept until that is known. */
const MOST_HELD = 1000;

type Held = { readonly path: string; readonly isDeleted: boolean; readonly wasted: readonly WastedVersion[] };

/** Gathers the paths of which most bytes are in branches and seen by nobody. Keeps few more than it tells. */
export function wastedPaths(): {
  add(entry: MergedEntry<Version>, wasted: readonly WastedVersion[]): void;
  /** `isMoved`: whether a hidden directory is seen elsewhere. */
  most(isMoved: (place: string) => boolean): readonly WastedPath[];
} {
  const sure = mostOf(MOST);
  const held = mostOf(MOST_HELD);
  return {
    add({ path, version }, wasted) {
      const list = wasted.some(({ place }) => place !== null) ? held : sure;
      list.add({ path, isDeleted: version === null, wasted });
    },
    most(isMoved) {
      const last = mostOf(MOST);
      for (const { path, isDeleted, wasted } of [...sure.told(), ...held.told()]) {
        last.add({ path, isDeleted, wasted: wasted.filter(({ place }) => place === null || !isMoved(place)) });
      }
      return last.told().map(({ path, isDeleted, wasted }) => ({
        path,
        isDeleted,
        bytes: bytesOf(wasted),
        files: wasted.map(({ version: { index, path: at } }) => ({ index, path: at })),
      }));
    },
  };
}

/** The largest of what is added. */
function mostOf(most: number): { add(held: Held): void; told(): readonly Held[] } {
  let list: { readonly held: Held; readonly bytes: number }[] = [];
  const shorten = () => {
    list = list.sort((a, b) => b.bytes - a.bytes).slice(0, most);
  };
  return {
    add(held) {
      const bytes = bytesOf(held.wasted);
      if (bytes > 0) {
        list.push({ held, bytes });
      }
      if (list.length > 3 * MOST_HELD) {
        shorten();
      }
    },
    told() {
      shorten();
      return list.map(({ held }) => held);
    },
  };
}

function bytesOf(wasted: readonly WastedVersion[]): number {
  return wasted.reduce((sum, { version }) => sum + version.entry.sizeBytes, 0);
}
