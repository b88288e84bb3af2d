import type { BranchReader } from './entry.ts';
import type { MergedEntry, Union, Unread, Version } from './union.ts';
import { type WalkedDirectory, walkUnion } from './walk-union.ts';

/**
 * What becomes of the regular files of one branch, in bytes, each inode once. `copied` is a part of `shadowed`: files that
 * a branch above has again with the same size and time, as when only their mode or owner was changed there.
 */
type BranchUse = {
  readonly index: number;
  readonly seen: number;
  readonly shadowed: number;
  readonly deleted: number;
  readonly copied: number;
};

/** Bytes that the writable branch has at and below a directory of the union. */
type WrittenDirectory = { readonly path: string; readonly bytes: number; readonly files: number };

export type UnionUse = {
  readonly branches: readonly BranchUse[];
  /** Most bytes first; of deep trees the directories near the root alone. */
  readonly written: readonly WrittenDirectory[];
  readonly unread: readonly Unread[];
};

/** So deep directories are told of by themselves: what is below counts for them. */
const DEEPEST = 4;

type Counted = { -readonly [key in keyof BranchUse]: BranchUse[key] };

/**
 * Goes through the whole union, also through what is deleted. Yields each directory as it is done, for progress, or
 * nothing where it may be put down. Where directories were renamed (redirect_dir), what is seen at the new place also
 * counts as deleted at the old one.
 */
export function* measureUnion(
  union: Union,
  reader: BranchReader,
): Generator<WalkedDirectory | undefined, UnionUse, void> {
  const uses = new Map<number, Counted>(
    [...union.merged, ...union.data].map((index) => [index, { index, seen: 0, shadowed: 0, deleted: 0, copied: 0 }]),
  );
  const written = new Map<string, { bytes: number; files: number }>();
  const linked = new Set<string>();
  const unread: Unread[] = [];
  const bytesOf = (version: Version): number => {
    const { kind, links, device, inode, sizeBytes } = version.entry;
    if (kind !== 'file' || version.kind === 'whiteout') {
      return 0;
    }
    const key = links > 1 ? `${version.index} ${device} ${inode}` : null;
    if (key === null || !linked.has(key)) {
      if (key !== null) {
        linked.add(key);
      }
      return sizeBytes;
    }
    return 0;
  };
  for (const directory of walkUnion(union, reader, { deleted: true })) {
    for (const entry of directory?.entries ?? []) {
      addUse(uses, entry, bytesOf);
      addWritten(written, entry, union.writable);
    }
    unread.push(...(directory?.unread ?? []));
    yield directory;
  }
  return {
    branches: [...uses.values()],
    written: [...written].map(([path, use]) => ({ path, ...use })).sort((a, b) => b.bytes - a.bytes),
    unread,
  };
}

function addUse(uses: Map<number, Counted>, entry: MergedEntry<Version>, bytesOf: (version: Version) => number): void {
  const { version, shadows, dataFrom } = entry;
  const add = (index: number, part: keyof Omit<Counted, 'index'>, bytes: number) => {
    const use = uses.get(index);
    if (use !== undefined) {
      use[part] += bytes;
    }
  };
  // A metacopy says the size of contents that it has not.
  if (version !== null && !(version.kind === 'file' && version.entry.marks.metacopy)) {
    add(version.index, 'seen', bytesOf(version));
  }
  let above: Version | null = version;
  for (const shadow of shadows) {
    const bytes = shadow.entry.marks.metacopy && shadow.entry.kind === 'file' ? 0 : bytesOf(shadow);
    if (shadow.index === dataFrom) {
      add(shadow.index, 'seen', bytes);
    } else {
      add(shadow.index, version === null ? 'deleted' : 'shadowed', bytes);
      add(shadow.index, 'copied', version !== null && isCopy(shadow, above) ? bytes : 0);
    }
    above = shadow.kind === 'file' ? shadow : above;
  }
}

/** Whether a version looks the same as the one above it: its contents are not read. */
export function isCopy({ entry }: Version, above: Version | null): boolean {
  return (
    above?.entry.kind === 'file' &&
    above.entry.sizeBytes === entry.sizeBytes &&
    above.entry.mtimeSeconds === entry.mtimeSeconds &&
    above.entry.mtimeNanoseconds === entry.mtimeNanoseconds
  );
}

function addWritten(
  written: Map<string, { bytes: number; files: number }>,
  { path, version }: MergedEntry,
  writable: number | null,
): void {
  if (version === null || version.index !== writable || version.kind === 'dir') {
    return;
  }
  const names = path.split('/').slice(1, -1);
  for (let depth = 0; depth <= Math.min(names.length, DEEPEST); depth += 1) {
    const directory = `/${names.slice(0, depth).join('/')}`;
    const use = written.get(directory) ?? { bytes: 0, files: 0 };
    use.bytes += version.entry.kind === 'file' ? version.entry.sizeBytes : 0;
    use.files += 1;
    written.set(directory, use);
  }
}
