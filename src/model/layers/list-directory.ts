import type { Steps } from '../steps.ts';
import { type BranchEntry, type BranchReader, UNASKED } from './entry.ts';
import { askedOf, type FindAll, findInEach } from './lookup.ts';
import { isSameSources, mergedEntry } from './merged-entry.ts';
import type { MergedDirectory, MergedEntry, Source, Union, UnionDirectory, Unread } from './union.ts';
import { type Found, foundIn, nameOf } from './whiteout.ts';

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
  const read = yield* readSources(union, reader, directory, targets, most);
  const byName = new Map<string, Found[]>();
  for (const { source, entries } of read.sources) {
    for (const entry of entries) {
      addFound(byName, union, source, entry);
    }
  }
  const names = [...byName.keys()].sort();
  const looking = {
    union,
    reader,
    findAll: read.rest > 0 ? findInEach({ union, reader }) : findIn(byName, directory.sources),
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
  return { entries, rest: read.rest, unread: read.unread };
}

type ReadSources = {
  readonly sources: readonly { readonly source: Source; readonly entries: readonly BranchEntry[] }[];
  readonly rest: number;
  readonly unread: readonly Unread[];
};

function* readSources(
  union: Union,
  reader: BranchReader,
  directory: UnionDirectory,
  targets: boolean,
  most: number,
): Steps<ReadSources> {
  const sources: { source: Source; entries: readonly BranchEntry[] }[] = [];
  const unread: Unread[] = [];
  let rest = 0;
  for (const source of allSources(directory)) {
    const { index, path } = source;
    const answer = yield* reader.list(index, path, { ...askedOf(union, source), targets }, most);
    if (answer.status !== 'ok') {
      unread.push({ index, path, failure: answer });
    } else if (answer.value !== null) {
      sources.push({ source, entries: answer.value.entries });
      rest += answer.value.rest;
    }
    yield;
  }
  return { sources, rest, unread };
}

function addFound(byName: Map<string, Found[]>, union: Union, source: Source, entry: BranchEntry): void {
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

function findIn(byName: ReadonlyMap<string, readonly Found[]>, all: readonly Source[]): FindAll {
  return (sources, name) => {
    const found = byName.get(name) ?? [];
    return sources === all && found.every(({ source }) => all.includes(source))
      ? found
      : sources.flatMap((source) =>
          found.filter((one) => isSame(one.source, source)).map((one) => ({ ...one, source })),
        );
  };
}

function isSame(one: Source, other: Source): boolean {
  return one.index === other.index && one.path === other.path;
}

/** Every directory of a branch that has or had part in this one. */
function allSources({ sources, before }: UnionDirectory): readonly Source[] {
  const earlier = before === 'same' ? [] : before.filter((source) => !sources.some((each) => isSame(each, source)));
  return earlier.length === 0 ? sources : [...sources, ...earlier];
}

/** Whether the writable branch changed what the names below this directory stand for, and not only some of them. */
function isMoved({ sources, before }: UnionDirectory, { writable }: Union): boolean {
  return (
    before !== 'same' &&
    !isSameSources(
      sources.filter(({ index }) => index !== writable),
      before,
    )
  );
}
