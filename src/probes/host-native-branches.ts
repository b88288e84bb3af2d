import { closeSync, watch } from 'node:fs';
import {
  type BranchEntry,
  type BranchName,
  type EntryKind,
  type EntryMarks,
  isWhole,
  UNMARKED,
} from '../model/layers/entry.ts';
import { type Failure, ok } from '../model/reading.ts';
import { entryWords, mark, type NativeLibrary, stepRoot } from '../native/library.ts';
import { attempt, errnoName, failureOf } from './errno.ts';
import type { BranchFiles } from './host.ts';
import { decodeNames, encodeName } from './odd-name.ts';

/** So many names one call reads, and the room for them: about two milliseconds. */
const MOST_ENTRIES = 2048;
const TEXT_BYTES = 262_144;

/** inode(7), S_IFMT. */
const TYPE_BITS = 0o170000;
const KINDS: { readonly [type: number]: EntryKind } = {
  [0o040000]: 'dir',
  [0o120000]: 'symlink',
  [0o020000]: 'char',
  [0o060000]: 'block',
  [0o010000]: 'fifo',
  [0o140000]: 'socket',
};

/**
 * `branches` of the Host by the native library. `base`: the directory in which they are found, opened as it is: a
 * process's root. Their own paths come from strangers, and no magic link of these is followed (openat2(2)).
 */
export function branchFiles(library: NativeLibrary): (base: string) => BranchFiles {
  const words = new Uint32Array(MOST_ENTRIES * entryWords);
  const texts = Buffer.alloc(TEXT_BYTES);
  const error = new Int32Array(2);
  const descriptor = new Int32Array(1);

  const failure = (root: string, path: string): Failure => {
    const [errno = 0, step] = error;
    // Elsewhere it says that there is no such directory: this one has a name that is not followed.
    if (step === stepRoot && errnoName(errno) === 'ELOOP') {
      return { status: 'denied', path: root, code: 'EACCES' };
    }
    return step === stepRoot
      ? failureOf(errnoName(errno), root, 'gone')
      : failureOf(errnoName(errno), `${root}${path}`, 'unsupported');
  };

  const below = (encodeRoot: (root: string) => Buffer): BranchFiles => ({
    part(root, path, asked, from) {
      descriptor[0] = from ?? -1;
      const [at, below] = [encodeRoot(root), encodeName(path)];
      const count = library.readDirectory(at, below, asked, descriptor, words, MOST_ENTRIES, texts, TEXT_BYTES, error);
      if (count < 0) {
        return failure(root, path);
      }
      const [more = -1] = descriptor;
      return ok({ entries: decodeEntries(words, texts, count), more: more < 0 ? null : more });
    },
    names(root, path, asked, names) {
      const found: (BranchEntry | null)[] = [];
      const [at, below] = [encodeRoot(root), encodeName(path)];
      while (found.length < names.length) {
        const rest = names.slice(found.length, found.length + MOST_ENTRIES);
        const block = Buffer.concat(rest.map(encodeName));
        const count = library.readNames(at, below, asked, block, rest.length, words, texts, TEXT_BYTES, error);
        if (count < 0) {
          return failure(root, path);
        }
        found.push(
          ...decodeEntries(words, texts, count).map((entry) => (entry !== null && isWhole(entry) ? entry : null)),
        );
      }
      return ok(found);
    },
    contents(root, path, from, maxBytes) {
      const bytes = Buffer.alloc(maxBytes);
      const length = library.readInside(encodeRoot(root), encodeName(path), 1, from, bytes, maxBytes, error);
      return length < 0 ? failure(root, path) : ok(bytes.subarray(0, length));
    },
    release: closeSync,
    watch(root, path, onChange) {
      const fd = library.openDirectory(encodeRoot(root), encodeName(path), error);
      if (fd < 0) {
        return failure(root, path);
      }
      try {
        const watched = attempt(path, 'gone', () => watchOnce(`/proc/self/fd/${fd}`, onChange));
        // The directory is open, and be it deleted: what is missing is a /proc to name it by.
        return watched.status === 'gone' ? { status: 'unsupported', path, code: 'ENOSYS' } : watched;
      } finally {
        closeSync(fd);
      }
    },
  });
  return (base) => below((root) => Buffer.concat([encodeName(base), encodeName(root)]));
}

/** One that is written to all the time is heard of once, not for every write. */
function watchOnce(directory: string, onChange: () => void): () => void {
  const watcher = watch(directory, { persistent: false });
  const changed = (): void => {
    watcher.close();
    onChange();
  };
  watcher.once('change', changed).on('error', changed);
  return () => watcher.close();
}

/** Null for one that is not there. */
function decodeEntries(words: Uint32Array, texts: Buffer, count: number): (BranchEntry | BranchName | null)[] {
  const strings = decodeNames(texts.subarray(0, words[count * entryWords - 1]));
  const entries: (BranchEntry | BranchName | null)[] = [];
  const [device, rdev] = [deviceNames(), deviceNames()];
  let [at, next] = [0, 0];
  const text = (): string => strings[next++] ?? '';
  const word = (index: number): number => words[at + index] ?? 0;
  const long = (index: number): number => word(index) + word(index + 1) * 2 ** 32;
  for (; at < count * entryWords; at += entryWords) {
    const name = text();
    const mode = word(0);
    const bits = word(15);
    const kind = KINDS[mode & TYPE_BITS] ?? 'file';
    if (bits === mark.bare) {
      entries.push({ name, kind, marks: UNMARKED });
      continue;
    }
    const entry = {
      name,
      kind,
      mode,
      uid: word(1),
      gid: word(2),
      links: word(3),
      inode: long(10),
      device: device(word(4), word(5)),
      rdev: rdev(word(6), word(7)),
      sizeBytes: long(8),
      mtimeSeconds: word(12) + (word(13) | 0) * 2 ** 32,
      mtimeNanoseconds: word(14),
      marks: bits === 0 ? UNMARKED : marksOf(bits, text),
    };
    entries.push(word(16) === 0 ? entry : null);
  }
  return entries;
}

/** `major:minor`. Thousands of neighbours are on one device: they share one string. */
function deviceNames(): (major: number, minor: number) => string {
  let [knownMajor, knownMinor, name] = [0, 0, '0:0'];
  return (major, minor) => {
    if (major !== knownMajor || minor !== knownMinor) {
      [knownMajor, knownMinor, name] = [major, minor, `${major}:${minor}`];
    }
    return name;
  };
}

function marksOf(bits: number, text: () => string): EntryMarks {
  const opaque = (bits & mark.opaque) !== 0 ? 'y' : null;
  return {
    opaque: opaque ?? ((bits & mark.whiteouts) !== 0 ? 'x' : null),
    whiteout: (bits & mark.whiteout) !== 0,
    metacopy: (bits & mark.metacopy) !== 0,
    redirect: (bits & mark.redirect) !== 0 ? text() : null,
    capability: (bits & mark.capability) !== 0 ? text() : null,
    target: (bits & mark.target) !== 0 ? text() : null,
  };
}
