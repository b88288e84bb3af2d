import type { Steps } from '../steps.ts';
import { type BranchReader, UNASKED } from './entry.ts';
import { findInEach } from './lookup.ts';
import { mergedEntry } from './merged-entry.ts';
import { findIn, isMoved, readNames } from './source-names.ts';
import type { MergedDirectory, MergedEntry, Source, Union, UnionDirectory } from './union.ts';

/** Of a larger directory of one branch the rest is counted, so that memory and the screen keep their bounds. */
const MOST_NAMES = 20_000;
/** So many entries are merged between two steps: less than a millisecond. */
const ENTRIES_PER_STEP = 256;

/** The merged `/`. */
export function rootOf(union: Union, reader: BranchReader): UnionDirectory {
  const sources = union.merged.map((index): Source => {
    const self = reader.find(index, '/', ['.'], UNASKED);
    const opaque = self.status === 'ok' ? self.value?.[0]?.marks.opaque : null;
    return { index, path: '/', hidden: null, attributeWhiteouts: opaque === 'x' };
  });
  return {
    path: '/',
    sources,
    before: union.writable === null ? 'same' : sources.filter(({ index }) => index !== union.writable),
  };
}

/**
 * What is in a merged directory, by name: also what is deleted there. `targets`: with what symbolic links say. Of a
 * branch's names beyond `most` the number is told.
 */
export function* listDirectory(
  union: Union,
  reader: BranchReader,
  directory: UnionDirectory,
  { targets = false, most = MOST_NAMES }: { readonly targets?: boolean; readonly most?: number } = {},
): Steps<MergedDirectory> {
  const { byName, rest, unread } = yield* readNames(union, reader, directory, { targets, most });
  const names = [...byName.keys()].sort();
  const looking = {
    union,
    reader,
    findAll: rest > 0 ? findInEach({ union, reader }) : findIn(byName, directory.sources),
  };
  const everyTouched = isMoved(directory, union);
  const entries: MergedEntry[] = [];
  for (const [at, name] of names.entries()) {
    const touched = everyTouched || byName.get(name)?.[0]?.source.index === union.writable;
    const entry = mergedEntry(looking, directory, name, touched);
    if (entry !== null) {
      entries.push(entry);
    }
    if (at % ENTRIES_PER_STEP === ENTRIES_PER_STEP - 1) {
      yield;
    }
  }
  return { entries, rest, unread };
}
