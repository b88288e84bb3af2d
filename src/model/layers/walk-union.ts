import { endSteps } from '../steps.ts';
import type { BranchReader } from './entry.ts';
import { listParts, rootOf } from './list-directory.ts';
import type { MergedDirectory, Union, UnionDirectory, Version } from './union.ts';

/** One directory of the union with what is in it, or a part of that: a large one comes in several. */
export type WalkedDirectory = MergedDirectory<Version> & UnionDirectory;

/**
 * Goes through the whole union, or what is below `from`, directory by directory, parents first. Yields each, or nothing
 * where it may be put down: whoever has seen enough just stops asking. `deleted`: also through what is deleted. Keeps
 * no more than the names of the directories on the way.
 */
export function* walkUnion(
  union: Union,
  reader: BranchReader,
  { from, deleted = false }: { readonly from?: UnionDirectory; readonly deleted?: boolean } = {},
): Generator<WalkedDirectory | undefined, void, void> {
  const way = [partsBelow(union, reader, from ?? rootOf(union, reader), deleted)];
  try {
    for (let last = way.at(-1); last !== undefined; last = way.at(-1)) {
      const step = last.next();
      if (step.done === true) {
        way.pop();
      } else if (step.value !== undefined && !('entries' in step.value)) {
        way.push(partsBelow(union, reader, step.value, deleted));
      } else {
        yield step.value;
      }
    }
  } finally {
    way.forEach(endSteps);
  }
}

/** The parts of a directory, after each the directories in it. */
function* partsBelow(
  union: Union,
  reader: BranchReader,
  directory: UnionDirectory,
  deleted: boolean,
): Generator<WalkedDirectory | UnionDirectory | undefined, void, void> {
  for (const part of listParts(union, reader, directory)) {
    yield part === undefined ? undefined : { ...directory, ...part };
    for (const entry of part?.entries ?? []) {
      if (entry.directory !== null && (deleted || entry.kind === 'dir')) {
        yield entry.directory;
      }
    }
  }
}
