import type { BranchReader } from './entry.ts';
import { listDirectory, rootOf } from './list-directory.ts';
import type { MergedDirectory, Union, UnionDirectory } from './union.ts';

/** Of a larger directory of one branch the rest is only counted: a walk keeps its bounds of memory. */
const MOST_NAMES = 200_000;

/** One directory of the union with what is in it. */
export type WalkedDirectory = MergedDirectory & { readonly path: string };

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
  const pending: UnionDirectory[] = [from ?? rootOf(union, reader)];
  for (let directory = pending.pop(); directory !== undefined; directory = pending.pop()) {
    const steps = listDirectory(union, reader, directory, { most: MOST_NAMES });
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) {
      yield undefined;
    }
    yield { path: directory.path, ...step.value };
    for (const entry of [...step.value.entries].reverse()) {
      if (entry.directory !== null && (deleted || entry.kind === 'dir')) {
        pending.push(entry.directory);
      }
    }
  }
}
