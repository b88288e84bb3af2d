import { closeSync, readFileSync } from 'node:fs';

/** Descriptors left to sockets, the terminal and everything else that is not kept. */
const RESERVED = 256;
/** POSIX's least, where our own limit cannot be read. */
const LEAST_LIMIT = 20;

/** What a path stands for: a kept descriptor (≥ 0) or one of these. */
export const NOT_KEPT = -1;
export const ENDED = -2;

/**
 * Descriptors kept open between ticks, by path. A path whose process or group ended stays ENDED until it is
 * forgotten: opening it again might read another process under the same number.
 */
export type Kept = {
  readonly get: (path: string) => number;
  /** How many more may be kept: getrlimit(2) RLIMIT_NOFILE, whose soft limit Node itself raises to the hard one. */
  readonly room: () => number;
  readonly keep: (path: string, fd: number) => void;
  readonly end: (path: string) => void;
  readonly forget: (path: string) => void;
  readonly clear: () => void;
};

/** `openFiles`: how many may be open in all, where it is not our own limit. */
export function keptDescriptors(openFiles?: number): Kept {
  const descriptors = new Map<string, number>();
  let open = 0;
  let limit = openFiles;
  const release = (path: string) => {
    const fd = descriptors.get(path);
    if (fd === undefined || fd < 0) return;
    closeSync(fd);
    open -= 1;
  };
  return {
    get: (path) => descriptors.get(path) ?? NOT_KEPT,
    room() {
      limit ??= openFileLimit();
      return limit - RESERVED - open;
    },
    keep(path, fd) {
      release(path);
      descriptors.set(path, fd);
      open += 1;
    },
    end(path) {
      release(path);
      descriptors.set(path, ENDED);
    },
    forget(path) {
      release(path);
      descriptors.delete(path);
    },
    clear() {
      for (const path of descriptors.keys()) release(path);
      descriptors.clear();
    },
  };
}

/** The soft limit of open files, of proc_pid_limits(5). */
function openFileLimit(): number {
  const line = /^Max open files +(\d+|unlimited)/m.exec(readFileSync('/proc/self/limits', 'utf8'));
  if (line?.[1] === 'unlimited') return Number.POSITIVE_INFINITY;
  return Number(line?.[1] ?? LEAST_LIMIT);
}
