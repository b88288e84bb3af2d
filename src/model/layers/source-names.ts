import type { Steps } from '../steps.ts';
import type { BranchEntry, BranchReader } from './entry.ts';
import { askedOf, type FindAll } from './lookup.ts';
import { isSameDirectory, isSameSources } from './merged-entry.ts';
import type { Source, Union, UnionDirectory, Unread } from './union.ts';
import { type Found, foundIn, nameOf } from './whiteout.ts';

/** What the branches have in one merged directory, by name, in the order of the sources. */
export type NamesFound = Map<string, Found[]>;

/** What is read of a directory: names beyond `most` of a branch are only counted. */
export type Reach = { readonly targets: boolean; readonly most: number };

type NamesRead = { readonly byName: NamesFound; readonly rest: number; readonly unread: readonly Unread[] };

/** Reads every directory of a branch that has or had part in this one. */
export function* readNames(
  union: Union,
  reader: BranchReader,
  directory: UnionDirectory,
  { targets, most }: Reach,
): Steps<NamesRead> {
  const byName: NamesFound = new Map();
  const unread: Unread[] = [];
  let rest = 0;
  for (const source of directory.sources) {
    const { index, path } = source;
    const answer = yield* reader.list(index, path, { ...askedOf(union, source), targets }, most);
    if (answer.status !== 'ok') {
      unread.push({ index, path, failure: answer });
    } else if (answer.value !== null) {
      rest += answer.value.rest;
      for (const entry of answer.value.entries) {
        addFound(byName, union, source, entry);
      }
    }
    yield;
  }
  return { byName, rest, unread };
}

/** Adds what an entry says of a name; the union's own entries say nothing. */
export function addFound(byName: NamesFound, union: Union, source: Source, entry: BranchEntry): void {
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
export function findIn(byName: NamesFound, all: readonly Source[]): FindAll {
  return (sources, name) => {
    const found = byName.get(name) ?? [];
    return sources === all
      ? found
      : sources.flatMap((source) =>
          found.filter((one) => isSameDirectory(one.source, source)).map((one) => ({ ...one, source })),
        );
  };
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
