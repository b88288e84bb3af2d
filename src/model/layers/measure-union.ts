import { type BranchUse, openBranchUses } from './branch-use.ts';
import type { BranchReader } from './entry.ts';
import type { MergedEntry, Union, Unread } from './union.ts';
import { type WalkedDirectory, walkUnion } from './walk-union.ts';
import { type WastedPath, wastedPaths } from './wasted-paths.ts';

/** Bytes and files that the writable branch has at and below a directory of the union; one of several names counts once. */
type WrittenDirectory = { readonly path: string; readonly bytes: number; readonly files: number };

export type UnionUse = {
  readonly branches: readonly BranchUse[];
  /** Most bytes first; of deep trees the directories near the root alone. */
  readonly written: readonly WrittenDirectory[];
  /** Most bytes first; of many the first. */
  readonly wasted: readonly WastedPath[];
  readonly unread: readonly Unread[];
};

/** So deep directories are told of by themselves: what is below counts for them. */
const DEEPEST = 4;

/**
 * Goes through the whole union, also through what is deleted. Yields each directory as it is done, for progress, or
 * nothing where it may be put down. What a rename took elsewhere (redirect_dir) counts where it is seen.
 */
export function* measureUnion(
  union: Union,
  reader: BranchReader,
): Generator<WalkedDirectory | undefined, UnionUse, void> {
  const uses = openBranchUses(union);
  const wasted = wastedPaths();
  const written = openWritten(union.writable);
  const unread: Unread[] = [];
  for (const directory of walkUnion(union, reader, { deleted: true })) {
    if (directory !== undefined) {
      for (const [entry, versions] of uses.add(directory)) {
        wasted.add(entry, versions);
      }
      for (const entry of directory.entries) {
        written.add(entry);
      }
      unread.push(...directory.unread);
    }
    yield directory;
  }
  return {
    branches: uses.total(),
    written: written.total(),
    wasted: wasted.most(uses.isMoved),
    unread,
  };
}

type Written = {
  readonly add: (entry: MergedEntry) => void;
  readonly total: () => readonly WrittenDirectory[];
};

function openWritten(writable: number | null): Written {
  const uses = new Map<string, { bytes: number; files: number }>();
  /** Of files with several names, in which directories they were counted. */
  const linked = new Set<string>();

  return {
    add({ path, version }) {
      if (version === null || version.index !== writable || version.kind === 'dir') {
        return;
      }
      const { kind, links, device, inode, sizeBytes } = version.entry;
      const names = path.split('/').slice(1, -1);
      for (let depth = 0; depth <= Math.min(names.length, DEEPEST); depth += 1) {
        const directory = `/${names.slice(0, depth).join('/')}`;
        const link = `${device} ${inode} ${directory}`;
        if (links > 1 && linked.has(link)) {
          continue;
        }
        if (links > 1) {
          linked.add(link);
        }
        const use = uses.get(directory) ?? { bytes: 0, files: 0 };
        use.bytes += kind === 'file' ? sizeBytes : 0;
        use.files += 1;
        uses.set(directory, use);
      }
    },
    total: () => [...uses].map(([path, use]) => ({ path, ...use })).sort((a, b) => b.bytes - a.bytes),
  };
}
