import { asPauses } from '../steps.ts';
import type { BranchReader } from './entry.ts';
import { NAMES_PER_PART, rootOf } from './list-directory.ts';
import { askedOf } from './lookup.ts';
import { mergedEntry } from './merged-entry.ts';
import { addFound, findNames, findRead, isMoved, type NamesFound, readNames, sortedNames } from './source-names.ts';
import type { MergedEntry, Source, Union, UnionDirectory, Unread } from './union.ts';
import { type Found, namesFor } from './whiteout.ts';

/** A larger directory is read in parts. */
const MOST_NAMES = 20_000;

/** `A` added, `C` changed, `D` deleted; the path as the container names it. */
export type Change = { readonly kind: 'A' | 'C' | 'D'; readonly path: string };

/** A directory on the way to a change: it is told as changed once something in it is. */
type Parent = { readonly path: string; told: boolean };

/**
 * What the writable branch changed, as `docker diff` tells it, parents before what is in them, else by name. Goes
 * through that branch alone, and below directories that were moved through all of them. Yields each change, or nothing
 * where it may be put down; answers what could not be read.
 */
export function* changes(union: Union, reader: BranchReader): Generator<Change | undefined, readonly Unread[], void> {
  const unread: Unread[] = [];
  yield* changesIn(union, reader, rootOf(union, reader), [], unread);
  return unread;
}

function* changesIn(
  union: Union,
  reader: BranchReader,
  directory: UnionDirectory,
  parents: readonly Parent[],
  unread: Unread[],
): Generator<Change | undefined, void, void> {
  if (directory.before === 'same') {
    return;
  }
  const parts = isMoved(directory, union)
    ? everyName(union, reader, directory, unread)
    : writtenNames(union, reader, directory, unread);
  for (const byName of parts) {
    if (byName === undefined) {
      yield undefined;
      continue;
    }
    const looking = { union, reader, findAll: findRead(union, reader, byName, directory.sources) };
    for (const name of [...byName.keys()].sort()) {
      const entry = mergedEntry(looking, directory, name, true);
      if (entry !== null) {
        yield* changesOf(union, reader, entry, parents, unread);
      }
    }
  }
}

function* changesOf(
  union: Union,
  reader: BranchReader,
  entry: MergedEntry,
  parents: readonly Parent[],
  unread: Unread[],
): Generator<Change | undefined, void, void> {
  const kind = KINDS[entry.state ?? 'within'];
  if (kind !== undefined) {
    for (const parent of parents) {
      if (!parent.told) {
        parent.told = true;
        yield { kind: 'C', path: parent.path };
      }
    }
    yield { kind, path: entry.path };
  }
  if (entry.kind === 'dir' && entry.directory !== null) {
    const parent = { path: entry.path, told: kind !== undefined };
    yield* changesIn(union, reader, entry.directory, [...parents, parent], unread);
  }
}

const KINDS: { readonly [state in Exclude<MergedEntry['state'], null>]: Change['kind'] | undefined } = {
  added: 'A',
  changed: 'C',
  deleted: 'D',
  within: undefined,
};

/** What was read of a directory, in the order of the names, or of a large one in parts; nothing where to put it down. */
type Parts = Generator<NamesFound | undefined, void, void>;

function* everyName(union: Union, reader: BranchReader, directory: UnionDirectory, unread: Unread[]): Parts {
  const reach = { targets: false, most: MOST_NAMES, whole: true };
  const read = yield* asPauses(readNames(union, reader, directory, reach));
  unread.push(...read.unread);
  if (read.byName !== null) {
    yield read.byName;
    return;
  }
  for (const names of inParts(yield* namesOf(union, reader, directory.sources, unread))) {
    yield yield* asPauses(findNames(union, reader, directory.sources, names, false));
  }
}

/** What the writable branch has in a directory, and of the same names what was there before. */
function* writtenNames(union: Union, reader: BranchReader, directory: UnionDirectory, unread: Unread[]): Parts {
  const written = directory.sources.filter(({ index }) => index === union.writable);
  const reach = { targets: false, most: MOST_NAMES, whole: true };
  const read = yield* asPauses(readNames(union, reader, { ...directory, sources: written }, reach));
  unread.push(...read.unread);
  if (read.byName !== null) {
    yield* withLower(union, reader, directory, read.byName, unread);
    return;
  }
  for (const names of inParts(yield* namesOf(union, reader, written, unread))) {
    const byName = yield* asPauses(findNames(union, reader, written, names, false));
    yield* withLower(union, reader, directory, byName, unread);
  }
}

function* withLower(
  union: Union,
  reader: BranchReader,
  directory: UnionDirectory,
  byName: NamesFound,
  unread: Unread[],
): Parts {
  for (const source of directory.sources) {
    if (source.index !== union.writable) {
      addLower(union, reader, source, byName, unread);
      yield undefined;
    }
  }
  yield byName;
}

function* namesOf(
  union: Union,
  reader: BranchReader,
  sources: readonly Source[],
  unread: Unread[],
): Generator<undefined, readonly string[], void> {
  const sorted = yield* asPauses(sortedNames(union, reader, sources));
  unread.push(...sorted.unread);
  return sorted.names;
}

function* inParts(names: readonly string[]): Generator<readonly string[], void, void> {
  for (let from = 0; from < names.length; from += NAMES_PER_PART) {
    yield names.slice(from, from + NAMES_PER_PART);
  }
}

function addLower(union: Union, reader: BranchReader, source: Source, byName: NamesFound, unread: Unread[]): void {
  const names = [...byName].filter(([, found]) => goesOn(found, union)).flatMap(([name]) => namesFor(union.form, name));
  if (names.length === 0) {
    return;
  }
  const answer = reader.find(source.index, source.path, names, askedOf(union, source));
  if (answer.status !== 'ok') {
    unread.push({ index: source.index, path: source.path, failure: answer });
    return;
  }
  for (const entry of answer.value ?? []) {
    if (entry !== null) {
      addFound(byName, union, source, entry);
    }
  }
}

/** Whether what lies further down may matter: what the container began with is not found yet, or is a directory. */
function goesOn(found: readonly Found[], { writable, form }: Union): boolean {
  const last = found.at(-1);
  if (last === undefined || last.source.index === writable) {
    return true;
  }
  const { kind, marks } = last.entry;
  return !last.whiteout && ((kind === 'dir' && marks.opaque !== 'y') || (form.metacopy && marks.metacopy));
}
