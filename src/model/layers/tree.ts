import type { Container } from '../document/container.ts';
import type { Mount } from '../document/isolation.ts';
import type { Problem } from '../document/problem.ts';
import type { UnionUse } from './measure-union.ts';
import type { Contents } from './preview.ts';
import { mountedOver } from './resolve-path.ts';
import type { SameContents } from './same-files.ts';
import type { MergedDirectory, MergedEntry, Version } from './union.ts';

/** Which directories are looked into: those opened by hand, and while only changes are shown all on the way to one. */
export type Openness = {
  readonly opened: ReadonlySet<string>;
  /** On the way to a change, and closed by hand. */
  readonly closed: ReadonlySet<string>;
  readonly changesOnly: boolean;
};

/** What is wanted of one container's union. Paths are the container's own. */
export type TreeQuestion = {
  readonly container: Container;
  readonly openness: Openness;
  /** A path of which all versions are shown, with what is in them. */
  readonly versionsOf: string | null;
  /** Part of a name that is looked for in the whole tree. */
  readonly search: string | null;
  /** Whether it is measured what the branches hold, shadow and delete. */
  readonly use: boolean;
};

/** By their paths, `/` first. Where it is missing, its branches could not be read. */
export type OpenDirectories = ReadonlyMap<string, MergedDirectory>;

/** A search as far as it went; at the bound of `found` it ends. */
export type TreeSearch = {
  readonly text: string;
  readonly entries: number;
  readonly directory: string;
  readonly found: readonly MergedEntry[];
  readonly state: 'running' | 'done' | 'full';
};

/** `use` is null as long as the tree is gone through, `same` until contents were compared, part by part. */
export type TreeUse = {
  readonly entries: number;
  readonly directory: string;
  readonly use: UnionUse | null;
  readonly same: SameContents | null;
};

/** One path with what is in each of its versions, the seen one first, in their order. */
export type PathVersions = {
  readonly path: string;
  /** Null: no branch has it any more. */
  readonly entry: MergedEntry<Version> | null;
  readonly contents: readonly Contents[];
};

export type TreeAnswer =
  | {
      readonly kind: 'directories';
      readonly directories: OpenDirectories;
      /** There is more in the opened directories than is kept. */
      readonly isFull: boolean;
      /** Whether the kernel tells of each change. Else it is read again with each sample, or less often. */
      readonly isWatched: boolean;
      /** So large that it is not looked at again with each sample: after so many milliseconds. */
      readonly everyMs: number | null;
      /** What rights hide, and why there is nothing. */
      readonly problems: readonly Problem[];
    }
  | ({ readonly kind: 'search' } & TreeSearch)
  | ({ readonly kind: 'use' } & TreeUse)
  | ({ readonly kind: 'versions' } & PathVersions);

/** Whether what is in a directory is shown below it. */
export function isOpen({ path, state, directory }: MergedEntry, { opened, closed, changesOnly }: Openness): boolean {
  return directory !== null && (opened.has(path) || (changesOnly && state === 'within' && !closed.has(path)));
}

/** A line of the tree: an entry, or what is to be said of a directory. */
export type TreeLine =
  | { readonly depth: number; readonly entry: MergedEntry; readonly isOpen: boolean }
  | { readonly depth: number; readonly says: string };

/** The tree as it is opened, line by line: what is in a directory follows it, that it is covered by a mount first. */
export function treeLines(
  directories: OpenDirectories,
  openness: Openness,
  mounts: readonly Mount[],
): readonly TreeLine[] {
  const lines: TreeLine[] = [];
  const addDirectory = (path: string, depth: number): void => {
    const directory = directories.get(path);
    if (directory === undefined) {
      lines.push({ depth, says: '…' });
      return;
    }
    const over = mountedOver(path, mounts);
    if (over?.target === path) {
      lines.push({ depth, says: `covered: the container sees a ${over.kind} mount here, which is in no layer` });
    }
    const shown = openness.changesOnly ? directory.entries.filter(({ state }) => state !== null) : directory.entries;
    for (const entry of shown) {
      const open = isOpen(entry, openness);
      lines.push({ depth, entry, isOpen: open });
      if (open) {
        addDirectory(entry.path, depth + 1);
      }
    }
    if (shown.length === 0 && directory.unread.length === 0 && over?.target !== path) {
      lines.push({ depth, says: openness.changesOnly ? 'nothing changed here' : 'empty' });
    }
    if (directory.rest > 0) {
      lines.push({ depth, says: `and ${directory.rest} names more, which are only counted` });
    }
    for (const { index, failure } of directory.unread) {
      const why = 'code' in failure ? failure.code : failure.status;
      lines.push({ depth, says: `branch ${index} could not be read here (${why})` });
    }
  };
  addDirectory('/', 0);
  return lines;
}
