import type { Failure, Reading } from '../reading.ts';
import type { Steps } from '../steps.ts';

export type EntryKind = 'file' | 'dir' | 'symlink' | 'char' | 'block' | 'fifo' | 'socket';

/**
 * One name in one directory of one branch, with what the union wrote beside it. Of a name that is not UTF-8 the odd
 * bytes are lone surrogates, U+DC00 + byte.
 */
export type BranchName = {
  readonly name: string;
  readonly kind: EntryKind;
  readonly marks: EntryMarks;
};

/** The same as the disk has it. `mode` holds the type bits too (inode(7)). */
export type BranchEntry = BranchName & {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly links: number;
  readonly inode: number;
  /** st_dev and st_rdev as `major:minor`. */
  readonly device: string;
  readonly rdev: string;
  readonly sizeBytes: number;
  readonly mtimeSeconds: number;
  readonly mtimeNanoseconds: number;
};

/** Whether more is known of a name than what it stands for. */
export function isWhole(entry: BranchName): entry is BranchEntry {
  return 'mode' in entry;
}

/** Extended attributes of overlay (Documentation/filesystems/overlayfs.rst), in the form that the mount goes by. */
export type EntryMarks = {
  /** Of a directory. `y`: nothing below it in the stack shines through. `x`: it may hold whiteouts that are attributes. */
  readonly opaque: 'y' | 'x' | null;
  /** The attribute is there; it counts in a directory with `opaque: 'x'` only. */
  readonly whiteout: boolean;
  /** Its contents are further down. */
  readonly metacopy: boolean;
  /** Where it is further down: a name beside its own, or a path from the root of the branches. */
  readonly redirect: string | null;
  /** security.capability, in hexadecimal; null where there is none or nobody asked. */
  readonly capability: string | null;
  /** What a symbolic link says; null of everything else. */
  readonly target: string | null;
};

export const UNMARKED: EntryMarks = {
  opaque: null,
  whiteout: false,
  metacopy: false,
  redirect: null,
  capability: null,
  target: null,
};

/** What is asked of entries beyond stat(2): every attribute costs a call. */
export type Asked = {
  /** Marks of regular files: metacopy, redirect, whiteouts that are attributes. Those of directories are always read. */
  readonly fileMarks: boolean;
  readonly targets: boolean;
  readonly capabilities: boolean;
};

export const UNASKED: Asked = { fileMarks: false, targets: false, capabilities: false };

/** A directory of one branch. `rest`: so many names more are in it that were only counted. */
export type BranchDirectory<Entry extends BranchName = BranchEntry> = {
  readonly entries: readonly Entry[];
  readonly rest: number;
};

/**
 * The only way from here to the branches. Paths are absolute from the root of a branch, and no link is followed. Null
 * where the branch has no such directory: it is absent, a link, another file system, or no directory.
 */
export type BranchReader = {
  /** What is in a directory of branch `index`. Of more than `most` names the rest is counted. */
  list(index: number, path: string, asked: Asked, most: number): Steps<Reading<BranchDirectory | null>>;
  /** The same, but of what no mark can be on the kind alone is told where that is cheaper. */
  kinds(index: number, path: string, asked: Asked, most: number): Steps<Reading<BranchDirectory<BranchName> | null>>;
  /** All the names of it and nothing else, in any order, by and by. Answers why it ended early. */
  names(index: number, path: string): Generator<readonly string[], Failure | null, void>;
  /** These names of it, in their order; null for one that is not there. `.` is the directory itself. */
  find(
    index: number,
    path: string,
    names: readonly string[],
    asked: Asked,
  ): Reading<readonly (BranchEntry | null)[] | null>;
};
