import type { BranchEntry, BranchName } from '../model/layers/entry.ts';
import type { Reading } from '../model/reading.ts';

/** What an absent file means is known to the caller alone: ENOENT is both. */
export type Missing = 'gone' | 'unsupported';

/**
 * Small reads answered together from one open directory, so that they belong to one process even when its number is
 * used again meanwhile. `dir` is absolute as the kernel names it (`/proc/42`); files and links are relative to it.
 */
export type ReadGroup = {
  readonly dir: string;
  readonly files: readonly string[];
  readonly links: readonly string[];
  /** The first file is `stat`. Of a kernel thread, whose stat says so, the rest need not be read and may be `unsupported`. */
  readonly usersOnly?: true;
};

/** Answers in the order of the group's files and links. All are `gone` where the directory could not be opened. */
export type GroupAnswer = {
  readonly files: readonly Reading<string>[];
  readonly links: readonly Reading<string>[];
};

export type FileKind = 'file' | 'dir' | 'symlink' | 'char' | 'block' | 'fifo' | 'socket';

/** inode(7). `device` is st_dev as `major:minor`; `mtimeMs` since the epoch. */
export type FileStat = {
  readonly kind: FileKind;
  readonly inode: number;
  readonly device: string;
  readonly rdev: string;
  readonly links: number;
  readonly sizeBytes: number;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtimeMs: number;
};

/** ioctl_ns(2) on one namespace. `null`: not told (an initial namespace, outside our view, or an old kernel). */
export type NamespaceFacts = {
  readonly parent: number | null;
  readonly owner: number | null;
  /** Who created the owning user namespace; of a user namespace, who created it. */
  readonly ownerUid: number | null;
  /** NS_GET_ID: unique for the boot where the kernel has it (6.18). */
  readonly uniqueId: string | null;
};

/**
 * The only way to the kernel's files. Paths are named as the kernel names them (`/proc/…`, `/sys/…`); the host maps
 * them onto its roots. Every call is synchronous: promises cost four to six times as much on /proc.
 */
export interface Host {
  /** Whether it is this machine, and not a captured tree: sockets and native calls make sense only here. */
  readonly live: boolean;
  readText(path: string, missing: Missing): Reading<string>;
  /**
   * A file that a stranger may put another in the place of: only a regular one of at most `maxBytes` is read, its last
   * link is not followed, and no device or FIFO is opened. `unsupported` else: ENOENT, ELOOP, EISDIR, EBADFD, EFBIG.
   */
  readRegular(path: string, maxBytes: number): Reading<string>;
  readLink(path: string, missing: Missing): Reading<string>;
  /** Names in a directory, in the order the kernel gives. */
  list(path: string, missing: Missing): Reading<readonly string[]>;
  /** lstat(2): the last link is not followed. */
  stat(path: string, missing: Missing): Reading<FileStat>;
  /**
   * The first scan of many processes: one native call for the groups that follow each other and ask alike. A missing
   * file is `gone` under /proc and `unsupported` elsewhere.
   */
  readGroups(groups: readonly ReadGroup[]): readonly GroupAnswer[];
  /**
   * The hot path of every later tick: descriptors are kept open between calls, and a kept descriptor of /proc/PID
   * answers `gone` when that process ended, also after its number was used again. A missing file is `gone` under
   * /proc and `unsupported` elsewhere; a removed cgroup is `gone`. What is `gone` stays so until it is forgotten.
   */
  readKept(paths: readonly string[]): readonly Reading<string>[];
  /** Closes the kept descriptors of these paths. */
  forget(paths: readonly string[]): void;
  /**
   * Reads a regular file inside a process's root and never leaves it: openat2 with RESOLVE_IN_ROOT, no magic links,
   * no device, no FIFO. At most the first `maxBytes`. An absent file is `unsupported`, an ended process `gone`.
   */
  readInside(pid: number, path: string, maxBytes: number): Reading<string>;
  /** Facts of one namespace, by `/proc/PID/ns/TYPE` or a bind mount's path. */
  namespaceFacts(path: string): Reading<NamespaceFacts>;
  /** The same for thousands, in the order of the paths: one native call. */
  namespaceFactsMany(paths: readonly string[]): readonly Reading<NamespaceFacts>[];
  /**
   * Who holds namespaces: `mounts` of the mount namespaces at /proc/PID/ns/mnt, as root (`net:[4026531840]`) and place;
   * `descriptors` in the directories /proc/PID/fd, as number and link. Null where only their whole tables can tell.
   */
  namespacesIn?(
    holders: 'mounts' | 'descriptors',
    paths: readonly string[],
  ): readonly Reading<readonly (readonly [string, string])[]>[] | null;
  /** What is in the branches of union file systems; absent where only Node serves, which cannot read it safely. */
  readonly branches?: BranchFiles;
  /** The same below the root of a process, whose mounts may be others than ours. */
  branchesIn?(pid: number): BranchFiles;
  /** CLOCK_BOOTTIME in microseconds; plain Node knows it to 10 ms. */
  bootUs(): number;
  /** CLOCK_MONOTONIC in microseconds. */
  monotonicUs(): number;
  /** The wall clock in milliseconds since the epoch. */
  wallMs(): number;
  close(): void;
}

/**
 * Directories and files below the root of a branch, by absolute paths from there. Nothing outside of it is opened: no
 * link is followed, no other file system entered, no device or FIFO opened. `unsupported`: ENOENT, ENOTDIR, ELOOP, EXDEV
 * where there is no such directory. `asked`: bits of nsview.h.
 */
export type BranchFiles = {
  /**
   * The next names of a directory; null for one that went meanwhile. `more` is a descriptor to go on with, or to release.
   */
  part(
    root: string,
    path: string,
    asked: number,
    from: number | null,
  ): Reading<{ readonly entries: readonly (BranchName | BranchEntry | null)[]; readonly more: number | null }>;
  /** These names of a directory, in their order; null for one that is not there. */
  names(root: string, path: string, asked: number, names: readonly string[]): Reading<readonly (BranchEntry | null)[]>;
  /** At most `maxBytes` of a regular file, from a place on. */
  contents(root: string, path: string, from: number, maxBytes: number): Reading<Buffer>;
  release(descriptor: number): void;
  /**
   * Tells once, by inotify(7), that a directory was changed, or what is in it. Answers what ends the watch, which keeps
   * neither the process nor a mount. `unsupported`: ENOSPC, EMFILE at the bounds of inotify, ENOSYS where /proc is not
   * ours, and as `part`.
   */
  watch(root: string, path: string, onChange: () => void): Reading<() => void>;
};

/** Where /proc and /sys are: `--proc`, `--sys`; everything else below `root`. */
export type HostRoots = { readonly proc: string; readonly sys: string; readonly root: string };
