import type { BranchReader } from './entry.ts';
import type { MergedEntry, Union } from './union.ts';
import { walkUnion } from './walk-union.ts';

/** What a search came to as far as it went. */
export type Searched = { readonly entries: number; readonly directory: string; readonly found: readonly MergedEntry[] };

/**
 * Looks for names in the whole union, deleted ones too. Yields what each directory had, or nothing where it may be put
 * down; whoever has seen enough stops asking.
 */
export function* searchUnion(
  union: Union,
  reader: BranchReader,
  matches: (name: string) => boolean,
): Generator<Searched | undefined, void, void> {
  let entries = 0;
  for (const directory of walkUnion(union, reader, { deleted: true })) {
    if (directory === undefined) {
      yield undefined;
      continue;
    }
    entries += directory.entries.length;
    yield { entries, directory: directory.path, found: directory.entries.filter(({ name }) => matches(name)) };
  }
}
