import type { UnionDirectory, Version } from './union.ts';

/** One directory of one branch, as a key. `isFirst`: nowhere else in the union is it told of as hidden. */
type HiddenPlace = { readonly key: string; readonly isFirst: boolean };

/**
 * Directories of branches that a rename (redirect_dir) took elsewhere. Where they were they are hidden, and where they
 * are now they are seen: what is in them is not wasted, which only the end of a walk can tell.
 */
export type MovedSources = {
  /** Of each version in this directory of the union: where it is hidden; null where its directory is not. */
  enter(directory: UnionDirectory): (version: Version) => HiddenPlace | null;
  /** Whether it was seen at another place. */
  isMoved(key: string): boolean;
};

export function openMovedSources(): MovedSources {
  const moved = new Set<string>();
  const toldAt = new Map<string, string>();
  return {
    enter({ path: at, sources }) {
      for (const { index, path, hidden } of sources) {
        if (hidden === null && path !== at) {
          moved.add(`${index} ${path}`);
        }
      }
      const hidden = new Set(
        sources.filter((source) => source.hidden !== null).map(({ index, path }) => `${index} ${path}`),
      );
      return ({ index, path }) => {
        const key = hidden.size === 0 ? '' : `${index} ${path.slice(0, path.lastIndexOf('/')) || '/'}`;
        if (!hidden.has(key)) {
          return null;
        }
        const first = toldAt.get(key) ?? at;
        toldAt.set(key, first);
        return { key, isFirst: first === at };
      };
    },
    isMoved: (key) => moved.has(key),
  };
}
