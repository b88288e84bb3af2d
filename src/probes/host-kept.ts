import { closeSync, readFileSync } from 'node:fs';
import type { Reading } from '../model/reading.ts';
import { type KnownTexts, knownTexts, type Slot } from './known-texts.ts';

/** Descriptors left to sockets, the terminal and everything else that is not kept. */
const RESERVED = 256;
/** POSIX's least, where our own limit cannot be read. */
const LEAST_LIMIT = 20;

/** What a path stands for: a kept descriptor (≥ 0) or one of these. */
export const NOT_KEPT = -1;
export const ENDED = -2;

/** A kept file, or one that ended: then its descriptor is ENDED. */
export type KeptFile = {
  fd: number;
  /** Its last text, and the answer that was given with it: the same text is answered by the same object. */
  known: Slot | null;
  answer: Reading<string> | null;
};

/**
 * Descriptors kept open between ticks, by path. A path whose process or group ended stays ENDED until it is
 * forgotten: opening it again might read another process under the same number.
 */
export type Kept = {
  readonly get: (path: string) => number;
  readonly file: (path: string) => KeptFile | undefined;
  /** What the kept files last said. */
  readonly texts: KnownTexts;
  /** How many more may be kept: getrlimit(2) RLIMIT_NOFILE, whose soft limit Node itself raises to the hard one. */
  readonly room: () => number;
  readonly keep: (path: string, fd: number) => KeptFile;
  readonly end: (path: string) => void;
  readonly forget: (path: string) => void;
  readonly clear: () => void;
};

/** `openFiles`: how many may be open in all, where it is not our own limit. */
export function keptDescriptors(openFiles?: number): Kept {
  const files = new Map<string, KeptFile>();
  const texts = knownTexts();
  let open = 0;
  let limit = openFiles;
  const release = (path: string) => {
    const file = files.get(path);
    if (file === undefined || file.fd < 0) return;
    closeSync(file.fd);
    open -= 1;
    if (file.known !== null) texts.giveBack(file.known);
  };
  return {
    get: (path) => files.get(path)?.fd ?? NOT_KEPT,
    file: (path) => files.get(path),
    texts,
    room() {
      limit ??= openFileLimit();
      return limit - RESERVED - open;
    },
    keep(path, fd) {
      release(path);
      const file = { fd, known: null, answer: null };
      files.set(path, file);
      open += 1;
      return file;
    },
    end(path) {
      release(path);
      files.set(path, { fd: ENDED, known: null, answer: null });
    },
    forget(path) {
      release(path);
      files.delete(path);
    },
    clear() {
      for (const path of files.keys()) release(path);
      files.clear();
    },
  };
}

/** The soft limit of open files, of proc_pid_limits(5). */
function openFileLimit(): number {
  const line = /^Max open files +(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
  if (line?.[1] === 'unlimited') return Number.POSITIVE_INFINITY;
  return Number(line?.[1] ?? LEAST_LIMIT);
}
