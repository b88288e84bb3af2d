import type { Steps } from '../steps.ts';
import type { BranchReader } from './entry.ts';
import { listDirectory, rootOf } from './list-directory.ts';
import type { MergedEntry, Union, UnionDirectory, Unread } from './union.ts';

/** One entry of a union as a tree is read: what is in a directory follows it. */
export type ListedEntry = { readonly depth: number; readonly entry: MergedEntry };

/** `more`: there are entries that `most` left no room for. */
export type ListedUnion = {
  readonly entries: readonly ListedEntry[];
  readonly more: boolean;
  readonly unread: readonly Unread[];
};

/** The beginning of the tree: at most so many entries, so that a huge one costs no more than what is shown of it. */
export function* listUnion(union: Union, reader: BranchReader, most: number): Steps<ListedUnion> {
  const found = { entries: [], unread: [] };
  const more = yield* listInto(found, union, reader, { directory: rootOf(union, reader), depth: 0, most });
  return { ...found, more };
}

type Found = { readonly entries: ListedEntry[]; readonly unread: Unread[] };

type Place = { readonly directory: UnionDirectory; readonly depth: number; readonly most: number };

function* listInto(
  found: Found,
  union: Union,
  reader: BranchReader,
  { directory, depth, most }: Place,
): Steps<boolean> {
  const listed = yield* listDirectory(union, reader, directory, { most: most + 1 });
  const { entries, unread } = found;
  unread.push(...listed.unread);
  for (const entry of listed.entries) {
    if (entries.length >= most) {
      return true;
    }
    entries.push({ depth, entry });
    if (entry.kind === 'dir' && entry.directory !== null) {
      const more = yield* listInto(found, union, reader, { directory: entry.directory, depth: depth + 1, most });
      if (more) {
        return true;
      }
    }
  }
  return listed.rest > 0;
}
