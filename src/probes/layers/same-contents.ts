import { hash } from 'node:crypto';
import { againBytes, type BranchFile, type SameContents, type SameFiles } from '../../model/layers/same-files.ts';
import type { Version } from '../../model/layers/union.ts';
import type { Branches } from './open-branches.ts';

type Reader = Pick<Branches, 'contents'>;

/** Finds files whose bytes another branch has again. */
export type Comparison = {
  add(version: Version): void;
  /** Compares what was added, in steps, each of which reads a part of one file. No more than `mostBytes` is read. */
  compare(reader: Reader, mostBytes: number): Generator<undefined, SameContents, void>;
};

/** So many files are kept, the largest; of the others it is only known how many there were. */
const MOST_FILES = 50_000;
/** What tells most files apart. */
const FIRST_BYTES = 4096;
const PART_BYTES = 262_144;

type Kept = BranchFile & { readonly bytes: number; readonly inode: string | null };
/** Files that are alike as far as they were read. */
type Alike = readonly Kept[];
type Split = { readonly parts: readonly Alike[]; readonly uncompared: number };

/**
 * By their sizes, then by their first bytes, and those that are still alike by all. Of what was read SHA-256 alone is kept:
 * thousands of files may be of one size.
 */
export function openComparison(): Comparison {
  let files: Kept[] = [];
  let leftOut = 0;

  function shorten(): void {
    files.sort((a, b) => b.bytes - a.bytes);
    leftOut += Math.max(0, files.length - MOST_FILES);
    files = files.slice(0, MOST_FILES);
  }

  return {
    add({ index, path, entry }) {
      if (entry.sizeBytes > 0) {
        const inode = entry.links > 1 ? `${entry.device} ${entry.inode}` : null;
        files.push({ index, path, bytes: entry.sizeBytes, inode });
      }
      if (files.length >= 2 * MOST_FILES) {
        shorten();
      }
    },
    *compare(reader, mostBytes) {
      shorten();
      const budget = { bytes: mostBytes };
      let uncompared = leftOut;
      const take = (split: Split): readonly Alike[] => {
        uncompared += split.uncompared;
        return split.parts;
      };
      const alike: Alike[] = [];
      for (const group of bySize(files)) {
        alike.push(...take(yield* splitAt(group, reader, 0, budget)));
      }
      const same: Alike[] = [];
      for (const group of alike) {
        same.push(...take(yield* splitByRest(group, reader, budget)));
      }
      const groups = same.map(sameFiles).sort((a, b) => againBytes(b) - againBytes(a));
      return { groups, readBytes: mostBytes - budget.bytes, mostBytes, uncompared };
    },
  };
}

function sameFiles(files: Alike): SameFiles {
  const each = files.map(({ index, path }) => ({ index, path }));
  return { bytes: files[0]?.bytes ?? 0, files: each.sort((a, b) => a.index - b.index) };
}

/** Largest first. What was moved is met twice, and hard links of one branch are one file. */
function bySize(files: readonly Kept[]): readonly Alike[] {
  const sizes = new Map<number, Map<string, Kept>>();
  for (const file of files) {
    const those = sizes.get(file.bytes) ?? new Map<string, Kept>();
    those.set(`${file.index} ${file.inode ?? file.path}`, file);
    sizes.set(file.bytes, those);
  }
  return [...sizes.values()].map((those) => [...those.values()]).filter(isAcross);
}

/** Files of one branch are the image's own affair. */
function isAcross(files: Alike): boolean {
  return files.some(({ index }) => index !== files[0]?.index);
}

/** Part by part to the end, as long as any are alike. */
function* splitByRest(files: Alike, reader: Reader, budget: { bytes: number }): Generator<undefined, Split, void> {
  let parts: readonly Alike[] = [files];
  let uncompared = 0;
  const size = files[0]?.bytes ?? 0;
  if (files.length * (size - FIRST_BYTES) > budget.bytes) {
    return { parts: [], uncompared: files.length };
  }
  for (let from = FIRST_BYTES; from < size && parts.length > 0; from += PART_BYTES) {
    const next: Alike[] = [];
    for (const part of parts) {
      const split = yield* splitAt(part, reader, from, budget, PART_BYTES);
      uncompared += split.uncompared;
      next.push(...split.parts);
    }
    parts = next;
  }
  return { parts, uncompared };
}

/** By the bytes at one place. A file that was shortened meanwhile, or cannot be read, is like no other. */
function* splitAt(
  files: Alike,
  reader: Reader,
  from: number,
  budget: { bytes: number },
  most = FIRST_BYTES,
): Generator<undefined, Split, void> {
  const wanted = Math.min(most, (files[0]?.bytes ?? 0) - from);
  if (wanted * files.length > budget.bytes) {
    return { parts: [], uncompared: files.length };
  }
  const byDigest = new Map<string, Kept[]>();
  let uncompared = 0;
  for (const file of files) {
    const read = reader.contents(file.index, file.path, from, wanted);
    if (read.status === 'ok' && read.value.length === wanted) {
      budget.bytes -= wanted;
      const digest = hash('sha256', read.value, 'base64');
      const those = byDigest.get(digest);
      if (those === undefined) {
        byDigest.set(digest, [file]);
      } else {
        those.push(file);
      }
    } else {
      uncompared += 1;
    }
    yield undefined;
  }
  return { parts: [...byDigest.values()].filter(isAcross), uncompared };
}
