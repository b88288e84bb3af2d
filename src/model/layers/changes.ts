import type { BranchReader } from './entry.ts';
import { rootOf } from './list-directory.ts';
import { askedOf, type FindAll, findInEach } from './lookup.ts';
import { mergedEntry } from './merged-entry.ts';
import { addFound, findIn, isMoved, type NamesFound, readNames } from './source-names.ts';
import type { MergedEntry, Source, Union, UnionDirectory, Unread } from './union.ts';
import { type Found, namesFor } from './whiteout.ts';

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
  const byName = isMoved(directory, union)
    ? yield* everyName(union, reader, directory, unread)
    : yield* writtenNames(union, reader, directory, unread);
  const findRead = findIn(byName, directory.sources);
  const findElsewhere = findInEach({ union, reader });
  const findAll: FindAll = (sources, name) => (byName.has(name) ? findRead : findElsewhere)(sources, name);
  for (const name of [...byName.keys()].sort()) {
    const entry = mergedEntry({ union, reader, findAll }, directory, name, true);
    if (entry !== null) {
      yield* changesOf(union, reader, entry, parents, unread);
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

function* everyName(
  union: Union,
  reader: BranchReader,
  directory: UnionDirectory,
  unread: Unread[],
): Generator<undefined, NamesFound, void> {
  const read = yield* asSteps(readNames(union, reader, directory, { targets: false, most: Number.POSITIVE_INFINITY }));
  unread.push(...read.unread);
  return read.byName;
}

/** What the writable branch has in a directory, and of the same names what was there before. */
function* writtenNames(
  union: Union,
  reader: BranchReader,
  directory: UnionDirectory,
  unread: Unread[],
): Generator<undefined, NamesFound, void> {
  const byName: NamesFound = new Map();
  for (const source of directory.sources) {
    if (source.index === union.writable) {
      const asked = askedOf(union, source);
      const read = yield* asSteps(reader.list(source.index, source.path, asked, Number.POSITIVE_INFINITY));
      if (read.status !== 'ok') {
        unread.push({ index: source.index, path: source.path, failure: read });
      }
      for (const entry of read.status === 'ok' ? (read.value?.entries ?? []) : []) {
        addFound(byName, union, source, entry);
      }
    } else {
      addLower(union, reader, source, byName, unread);
      yield;
    }
  }
  return byName;
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

function* asSteps<T>(steps: Generator<void, T, void>): Generator<undefined, T, void> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) {
      return step.value;
    }
    yield undefined;
  }
}
