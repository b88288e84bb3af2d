import { endSteps, type Steps } from '../steps.ts';
import { type BranchName, type BranchReader, isWhole } from './entry.ts';
import { askedOf, type FindAll, findInEach } from './lookup.ts';
import { isSameDirectory, isSameSources } from './merged-entry.ts';
import { nameSorter } from './sorted-names.ts';
import type { Source, Union, UnionDirectory, Unread } from './union.ts';
import { type Found, foundIn, nameOf, namesFor } from './whiteout.ts';

/** What the branches have in one merged directory, by name, in the order of the sources. */
export type NamesFound = Map<string, Found[]>;

/**
 * What is read of a directory: no more than `most` names, those of all branches together; with what symbolic links say;
 * and whether what others hide is wanted as a whole.
 */
export type Reach = { readonly targets: boolean; readonly most: number; readonly whole: boolean };

/** Null: there are more. */
type NamesRead = { readonly byName: NamesFound | null; readonly unread: readonly Unread[] };

/** With so few names known already there is little to gain by asking for kinds alone. */
const FEW_NAMES = 256;

/** Reads every directory of a branch that has or had part in this one. */
export function* readNames(
  union: Union,
  reader: BranchReader,
  directory: UnionDirectory,
  { targets, most, whole }: Reach,
): Steps<NamesRead> {
  const byName: NamesFound = new Map();
  const unread: Unread[] = [];
  let count = 0;
  for (const source of directory.sources) {
    const { index, path } = source;
    const asked = { ...askedOf(union, source), targets };
    const isWanted = whole || byName.size <= FEW_NAMES;
    const answer = yield* isWanted
      ? reader.list(index, path, asked, most - count)
      : reader.kinds(index, path, { ...asked, targets: false }, most - count);
    if (answer.status !== 'ok') {
      unread.push({ index, path, failure: answer });
    } else if (answer.value !== null) {
      if (answer.value.rest > 0) {
        return { byName: null, unread: [] };
      }
      count += answer.value.entries.length;
      for (const entry of answer.value.entries) {
        addFound(byName, union, source, entry);
      }
    }
    yield;
  }
  if (!whole) {
    yield* completeSeen(byName, union, reader, directory, targets);
  }
  return { byName, unread };
}

/** Asks for the rest of what is seen, and of what was seen before the writable branch changed it. */
function* completeSeen(
  byName: NamesFound,
  union: Union,
  reader: BranchReader,
  directory: UnionDirectory,
  targets: boolean,
): Steps<void> {
  const everyTouched = isMoved(directory, union);
  const wanted = new Map<Source, { readonly found: Found[]; readonly at: number; readonly name: string }[]>();
  for (const found of byName.values()) {
    const isTouched = everyTouched || found[0]?.source.index === union.writable;
    let [isSeen, wasSeen] = [false, !isTouched];
    for (const [at, { source, entry, whiteout }] of found.entries()) {
      if (isSeen && wasSeen && !everyTouched) {
        break;
      }
      if (!isWhole(entry)) {
        const those = wanted.get(source) ?? [];
        those.push({ found, at, name: entry.name });
        wanted.set(source, those);
      }
      const provides = source.hidden === null && !whiteout;
      isSeen ||= provides;
      wasSeen ||= provides && source.index !== union.writable;
    }
  }
  for (const [source, those] of wanted) {
    const names = those.map(({ name }) => name);
    const answer = reader.find(source.index, source.path, names, { ...askedOf(union, source), targets });
    for (const [i, { found, at }] of those.entries()) {
      const entry = answer.status === 'ok' ? answer.value?.[i] : null;
      if (entry != null) {
        found[at] = foundIn(union.form, source, entry);
      }
    }
    yield;
  }
}

/** All names of some sources in order, of which a large directory is read part by part. */
export function* sortedNames(
  union: Union,
  reader: BranchReader,
  sources: readonly Source[],
): Steps<{ readonly names: readonly string[]; readonly unread: readonly Unread[] }> {
  const sorter = nameSorter();
  const unread: Unread[] = [];
  for (const { index, path } of sources) {
    const parts = reader.names(index, path);
    try {
      for (let part = parts.next(); ; part = parts.next()) {
        if (part.done === true) {
          if (part.value !== null) {
            unread.push({ index, path, failure: part.value });
          }
          break;
        }
        sorter.add(part.value.flatMap((name) => nameOf(union.form, { name }) ?? []));
        yield;
      }
    } finally {
      endSteps(parts);
    }
  }
  return { names: yield* sorter.sorted(), unread };
}

/** The same as `readNames` of these names only. */
export function* findNames(
  union: Union,
  reader: BranchReader,
  sources: readonly Source[],
  names: readonly string[],
  targets: boolean,
): Steps<NamesFound> {
  const byName: NamesFound = new Map();
  const wanted = names.flatMap((name) => namesFor(union.form, name));
  for (const source of sources) {
    const answer = reader.find(source.index, source.path, wanted, { ...askedOf(union, source), targets });
    for (const entry of answer.status === 'ok' ? (answer.value ?? []) : []) {
      if (entry !== null) {
        addFound(byName, union, source, entry);
      }
    }
    yield;
  }
  return byName;
}

/** Adds what an entry says of a name; the union's own entries say nothing. */
export function addFound(byName: NamesFound, union: Union, source: Source, entry: BranchName): void {
  const name = nameOf(union.form, entry);
  if (name === null) {
    return;
  }
  const known = byName.get(name);
  const found = foundIn(union.form, source, entry);
  if (known === undefined) {
    byName.set(name, [found]);
  } else if (found.whiteout && known.at(-1)?.source === source) {
    // A branch that has both hides its own.
    known.splice(-1, 0, found);
  } else {
    known.push(found);
  }
}

/** Answers from what was read. `all`: the sources it was read for. */
function findIn(byName: NamesFound, all: readonly Source[]): FindAll {
  // Thousands of names are asked for the same others: the sources before the writable branch changed them.
  let some = all;
  let same: ReturnType<typeof sameIn> = null;
  return (sources, name) => {
    const found = byName.get(name) ?? [];
    if (sources === all) {
      return found;
    }
    if (sources !== some) {
      some = sources;
      same = sameIn(sources, all);
    }
    if (same === null) {
      return sources.flatMap((source) =>
        found.filter((one) => isSameDirectory(one.source, source)).map((one) => ({ ...one, source })),
      );
    }
    const those: Found[] = [];
    for (const one of found) {
      const source = same.get(one.source);
      if (source !== undefined) {
        those.push(source === one.source ? one : { ...one, source });
      }
    }
    return those;
  };
}

/** The one of `sources` that is the same directory as one of `all`; null where they come in another order. */
function sameIn(sources: readonly Source[], all: readonly Source[]): ReadonlyMap<Source, Source> | null {
  const same = new Map<Source, Source>();
  let at = 0;
  for (const one of all) {
    const source = sources[at];
    if (source !== undefined && isSameDirectory(one, source)) {
      same.set(one, source);
      at += 1;
    }
  }
  return at === sources.length ? same : null;
}

/** The same, and asks the branches for names that were not read, as of what was renamed. */
export function findRead(union: Union, reader: BranchReader, byName: NamesFound, all: readonly Source[]): FindAll {
  const [read, elsewhere] = [findIn(byName, all), findInEach({ union, reader })];
  return (sources, name) => (byName.has(name) ? read : elsewhere)(sources, name);
}

/** Whether the writable branch changed what the names below this directory stand for, and not only some of them. */
export function isMoved({ sources, before }: UnionDirectory, { writable }: Union): boolean {
  return (
    before !== 'same' &&
    !isSameSources(
      sources.filter(({ index }) => index !== writable),
      before,
    )
  );
}
