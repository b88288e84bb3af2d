import { asPauses, type Steps } from '../steps.ts';
import { type BranchReader, UNASKED } from './entry.ts';
import { mergedEntry } from './merged-entry.ts';
import { findNames, findRead, isMoved, type NamesFound, type Reach, readNames, sortedNames } from './source-names.ts';
import {
  isWholeEntry,
  type MergedDirectory,
  type MergedEntry,
  type Source,
  type Union,
  type UnionDirectory,
  type Unread,
  type Version,
} from './union.ts';

/** Of a larger directory the rest is counted, or it is read in parts, so that memory and the screen keep their bounds. */
const MOST_NAMES = 20_000;
const VERSIONS_PER_NAME = 4;
export const NAMES_PER_PART = 4096;
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

type Listing = { readonly targets?: boolean; readonly most?: number };

/**
 * What is in a merged directory, by name: also what is deleted there. `targets`: with what symbolic links say. Of more
 * than `most` names the first are told, and of the rest the number.
 */
export function* listDirectory(
  union: Union,
  reader: BranchReader,
  directory: UnionDirectory,
  { targets = false, most = MOST_NAMES }: Listing = {},
): Steps<MergedDirectory<Version>> {
  const listed = yield* listAs(union, reader, directory, { targets, most, whole: true });
  return { ...listed, entries: listed.entries.filter(isWholeEntry) };
}

/** The same for who shows the entries: of what they hide the kind alone may be told, so that cold inodes are not read. */
export function listSeen(
  union: Union,
  reader: BranchReader,
  directory: UnionDirectory,
  { targets = false, most = MOST_NAMES }: Listing = {},
): Steps<MergedDirectory> {
  return listAs(union, reader, directory, { targets, most, whole: false });
}

function* listAs(union: Union, reader: BranchReader, directory: UnionDirectory, reach: Reach): Steps<MergedDirectory> {
  // Ten branches may have the same names.
  const { byName, unread } = yield* readNames(union, reader, directory, {
    ...reach,
    most: VERSIONS_PER_NAME * reach.most,
  });
  if (byName !== null && byName.size <= reach.most) {
    return { entries: yield* mergeNames(union, reader, directory, byName), rest: 0, unread };
  }
  const sorted = yield* sortedNames(union, reader, directory.sources);
  const entries: MergedEntry[] = [];
  for (let from = 0; from < Math.min(reach.most, sorted.names.length); from += NAMES_PER_PART) {
    const names = sorted.names.slice(from, Math.min(reach.most, from + NAMES_PER_PART));
    const found = yield* findNames(union, reader, directory.sources, names, reach.targets);
    entries.push(...(yield* mergeNames(union, reader, directory, found)));
  }
  return { entries, rest: Math.max(0, sorted.names.length - reach.most), unread: sorted.unread };
}

/**
 * The same whole, however large it is, part by part in the order of the names; only of the names all are kept. Yields
 * nothing where it may be put down.
 */
export function* listParts(
  union: Union,
  reader: BranchReader,
  directory: UnionDirectory,
): Generator<MergedDirectory<Version> | undefined, void, void> {
  const { byName, unread } = yield* asPauses(
    readNames(union, reader, directory, { targets: false, most: MOST_NAMES, whole: true }),
  );
  const part = function* (names: NamesFound, missed: readonly Unread[]) {
    const entries = yield* asPauses(mergeNames(union, reader, directory, names));
    yield { entries: entries.filter(isWholeEntry), rest: 0, unread: missed };
  };
  if (byName !== null) {
    yield* part(byName, unread);
    return;
  }
  const sorted = yield* asPauses(sortedNames(union, reader, directory.sources));
  for (let from = 0; from < sorted.names.length; from += NAMES_PER_PART) {
    const names = sorted.names.slice(from, from + NAMES_PER_PART);
    const found = yield* asPauses(findNames(union, reader, directory.sources, names, false));
    yield* part(found, from === 0 ? sorted.unread : []);
  }
}

function* mergeNames(
  union: Union,
  reader: BranchReader,
  directory: UnionDirectory,
  byName: NamesFound,
): Steps<readonly MergedEntry[]> {
  const looking = { union, reader, findAll: findRead(union, reader, byName, directory.sources) };
  const everyTouched = isMoved(directory, union);
  const entries: MergedEntry[] = [];
  for (const [at, name] of [...byName.keys()].sort().entries()) {
    const touched = everyTouched || byName.get(name)?.[0]?.source.index === union.writable;
    const entry = mergedEntry(looking, directory, name, touched);
    if (entry !== null) {
      entries.push(entry);
    }
    if (at % ENTRIES_PER_STEP === ENTRIES_PER_STEP - 1) {
      yield;
    }
  }
  return entries;
}
