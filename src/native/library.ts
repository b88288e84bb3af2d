import { existsSync } from 'node:fs';
import { nativeFile } from './native-file.ts';

/** Of native/nsview.h: a library of another version is refused. */
const VERSION = 11;

/** What stands in `fds` of readKept for a file that is not open (native/nsview.h). */
export const openAndKeep = -1;
export const openOnce = -2;
export const skip = -3;

/** What stands in `lengths` of readKept for a file that says what is known of it already. */
export const sameText = -0x7fffffff;

/** Of one kept file's known text: at, room, length; a length of -1 where nothing is known. */
export const knownWords = 3;

/** enum nsv_step: which step of readInside failed. */
export const stepRoot = 1;

/** Bits of `asked` and of an entry's marks, and words of one entry, as nsview.h numbers them. */
export const asked = {
  trusted: 1,
  user: 2,
  fuse: 4,
  files: 8,
  targets: 16,
  capabilities: 32,
  kinds: 64,
  names: 128,
} as const;
export const mark = {
  opaque: 1,
  whiteouts: 2,
  whiteout: 4,
  metacopy: 8,
  redirect: 16,
  capability: 32,
  target: 64,
  bare: 128,
} as const;
export const entryWords = 18;

/** Of one namespace: err, parent, owner, owner_uid, unique_id; -1 where the kernel does not tell. */
export const namespaceWords = 5;

/**
 * The functions of libnsview.so, contract in native/nsview.h: pointers are arrays, which go by address, without a copy.
 * A block holds strings, each ended by NUL; a negative length is an errno.
 */
export type NativeLibrary = {
  readonly version: number;
  readonly bootUs: () => number;
  readonly readGroups: (
    dirs: Buffer,
    dirCount: number,
    files: Buffer,
    fileCount: number,
    links: Buffer,
    linkCount: number,
    usersOnly: 0 | 1,
    data: Buffer,
    capacity: number,
    lengths: Int32Array,
    dirErrors: Int32Array,
  ) => number;
  readonly readKept: (
    fds: Int32Array,
    count: number,
    paths: Buffer,
    texts: Buffer,
    known: Int32Array,
    data: Buffer,
    capacity: number,
    lengths: Int32Array,
  ) => number;
  /** `error` receives errno and step. */
  readonly readInside: (
    root: Buffer,
    path: Buffer,
    noLinks: 0 | 1,
    at: number,
    data: Buffer,
    capacity: number,
    error: Int32Array,
  ) => number;
  /** `fd[0]`: -1, or the descriptor that the call before left there. */
  readonly readDirectory: (
    root: Buffer,
    path: Buffer,
    asked: number,
    fd: Int32Array,
    entries: Uint32Array,
    most: number,
    texts: Buffer,
    capacity: number,
    error: Int32Array,
  ) => number;
  /** The same directory, opened; `error` as above. */
  readonly openDirectory: (root: Buffer, path: Buffer, error: Int32Array) => number;
  readonly readNames: (
    root: Buffer,
    path: Buffer,
    asked: number,
    names: Buffer,
    nameCount: number,
    entries: Uint32Array,
    texts: Buffer,
    capacity: number,
    error: Int32Array,
  ) => number;
  /** Pairs of strings: where a namespace is mounted, and which descriptors hold one. */
  readonly nsfsMounts: FindPairs;
  readonly nsfsDescriptors: FindPairs;
  readonly namespaces: (paths: Buffer, count: number, facts: BigInt64Array) => void;
  /** 0, or a negative errno. The names end with NUL. */
  readonly putInPlace: (fd: number, draft: Buffer, path: Buffer) => number;
  /** Of native/node/start-helper.h: the process, or a negative errno; `control` receives a descriptor. */
  readonly startHelper: (
    path: Buffer,
    words: Buffer,
    wordCount: number,
    detached: 0 | 1,
    tell: (text: string | null, code: number, signal: number) => boolean,
    control: Int32Array,
  ) => number;
};

type FindPairs = (paths: Buffer, count: number, data: Buffer, capacity: number, lengths: Int32Array) => number;

type LoadedLibrary = { readonly library: NativeLibrary } | { readonly library: null; readonly reason: string };

let loaded: LoadedLibrary | undefined;

/**
 * Loads the library once, as a module of Node's (native/node/module.c), which takes less than a millisecond: a library
 * that calls any function by its signature takes 15 to 19. Never throws.
 */
export function loadLibrary(): LoadedLibrary {
  loaded ??= tryLoad();
  return loaded;
}

function tryLoad(): LoadedLibrary {
  const path = nativeFile('libnsview.so');
  if (!existsSync(path)) return { library: null, reason: 'libnsview.so is not there' };
  try {
    const module: { exports: Partial<NativeLibrary> } = { exports: {} };
    process.dlopen(module, path);
    const { exports } = module;
    if (!isComplete(exports))
      return { library: null, reason: `${path} is of version ${exports.version}, not ${VERSION}` };
    return { library: exports };
  } catch (error) {
    return { library: null, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** One version, one set of functions. */
function isComplete(exports: Partial<NativeLibrary>): exports is NativeLibrary {
  return exports.version === VERSION;
}
