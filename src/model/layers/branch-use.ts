import { openMovedSources } from './moved-sources.ts';
import type { MergedEntry, Union, Version } from './union.ts';
import type { WalkedDirectory } from './walk-union.ts';

/** What becomes of the regular files of one branch, in bytes, each inode once. */
export type BranchUse = {
  readonly index: number;
  readonly seen: number;
  readonly shadowed: number;
  readonly deleted: number;
};

type Part = Exclude<keyof BranchUse, 'index'>;

/** A file of a branch that nobody sees here. `place`: the hidden directory that it is in, which may have moved. */
export type WastedVersion = { readonly version: Version; readonly place: string | null };

export type BranchUses = {
  /** Counts what is in a directory. Answers its entries of which something is seen by nobody, with that. */
  add(directory: WalkedDirectory): readonly (readonly [MergedEntry<Version>, readonly WastedVersion[]])[];
  /** Whether a hidden directory is seen elsewhere, as far as the walk went. */
  isMoved(place: string): boolean;
  total(): readonly BranchUse[];
};

type Counted = { -readonly [key in keyof BranchUse]: BranchUse[key] };
type Inode = { readonly index: number; readonly bytes: number; readonly part: Part; readonly place: string | null };

/** Of several names of one inode the one counts that is seen, else the one that is shadowed. */
const RANKS: { readonly [part in Part]: number } = { seen: 2, shadowed: 1, deleted: 0 };

/**
 * Counts directory by directory. What may turn out to be seen elsewhere is held back to the end: of each hidden directory
 * a sum, and each inode that has other names or may be the contents of a metacopy with another name.
 */
export function openBranchUses(union: Union): BranchUses {
  const uses = new Map([...union.merged, ...union.data].map((index) => [index, unused(index)]));
  const hidden = new Map<string, Counted>();
  const inodes = new Map<string, Inode>();
  const moved = openMovedSources();

  function count({ index, entry }: Version, part: Part, place: string | null, isContents = false): void {
    if (entry.links > 1 || isContents || (union.form.metacopy && part !== 'seen')) {
      const key = `${index} ${entry.device} ${entry.inode}`;
      const known = inodes.get(key);
      if (known === undefined || RANKS[part] > RANKS[known.part] || (part === known.part && place === null)) {
        inodes.set(key, { index, bytes: entry.sizeBytes, part, place });
      }
      return;
    }
    const sum = place === null ? uses.get(index) : (hidden.get(place) ?? unused(index));
    if (sum === undefined) {
      return;
    }
    sum[part] += entry.sizeBytes;
    if (place !== null) {
      hidden.set(place, sum);
    }
  }

  return {
    add(directory) {
      const placeOf = moved.enter(directory);
      return directory.entries.flatMap((entry) => {
        const { version, shadows, dataFrom } = entry;
        if (version !== null && hasContents(version)) {
          count(version, 'seen', null);
        }
        const wasted: WastedVersion[] = [];
        for (const shadow of shadows.filter(hasContents)) {
          const place = placeOf(shadow);
          if (shadow.index === dataFrom) {
            count(shadow, 'seen', null, true);
          } else if (place === null || place.isFirst) {
            count(shadow, version === null ? 'deleted' : 'shadowed', place?.key ?? null);
            wasted.push({ version: shadow, place: place?.key ?? null });
          }
        }
        return wasted.length === 0 ? [] : [[entry, wasted] as const];
      });
    },
    isMoved: moved.isMoved,
    total() {
      for (const [place, sum] of hidden) {
        if (!moved.isMoved(place)) {
          addTo(uses, sum);
        }
      }
      for (const { index, bytes, part, place } of inodes.values()) {
        if (place === null || !moved.isMoved(place)) {
          addTo(uses, { ...unused(index), [part]: bytes });
        }
      }
      hidden.clear();
      inodes.clear();
      return [...uses.values()];
    },
  };
}

/** A metacopy says the size of contents that it has not. */
export function hasContents({ kind, entry }: Version): boolean {
  return kind === 'file' && entry.kind === 'file' && !entry.marks.metacopy;
}

function unused(index: number): Counted {
  return { index, seen: 0, shadowed: 0, deleted: 0 };
}

function addTo(uses: ReadonlyMap<number, Counted>, { index, seen, shadowed, deleted }: BranchUse): void {
  const use = uses.get(index);
  if (use !== undefined) {
    use.seen += seen;
    use.shadowed += shadowed;
    use.deleted += deleted;
  }
}
