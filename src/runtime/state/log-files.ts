import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { type LogLine, parseLogLine } from './log-line.ts';
import { tailStart } from './log-tail.ts';
import type { ContainerFiles } from './records.ts';

type LogPaths = Pick<ContainerFiles, 'log' | 'oldLog'>;

/** What is read of a container's log, which is in two files once it was long: native/init/log.h. */
export type OpenLog = {
  /** Goes on where the call before ended, up to what is written by then. */
  lines(): Generator<LogLine>;
  close(): void;
};

type OpenFile = { readonly fd: number; at: number; rest: Buffer };

const CHUNK = 1 << 16;
const LINE_FEED = 10;

/** From the last `tail` lines since `since` on; `tail` null: from the first that is kept. Null where there is no log. */
export function openLog(paths: LogPaths, tail: number | null, since: string | null): OpenLog | null {
  const files = [...openBoth(paths)];
  let missing = tail ?? 0;
  // Backwards: what the newer has not is in the older.
  for (const file of tail === null ? [] : files.toReversed()) {
    const found = missing > 0 ? tailStart(file.fd, missing, since) : null;
    file.at = found?.at ?? fstatSync(file.fd).size;
    missing = found?.missing ?? 0;
  }
  let current = files.shift() ?? null;
  if (current === null) {
    return null;
  }
  return {
    close() {
      for (const { fd } of current === null ? files : [current, ...files]) {
        closeSync(fd);
      }
    },
    *lines() {
      while (current !== null) {
        const next: OpenFile | null = files.shift() ?? follower(current.fd, paths);
        // What it got until then is read before the next: nothing is written to it any more.
        yield* linesOf(current);
        if (next === null) {
          return;
        }
        closeSync(current.fd);
        current = next;
      }
    },
  };
}

function* linesOf(file: OpenFile): Generator<LogLine> {
  const chunk = Buffer.alloc(CHUNK);
  for (const { size } = fstatSync(file.fd); file.at < size; ) {
    const length = readSync(file.fd, chunk, 0, Math.min(CHUNK, size - file.at), file.at);
    if (length === 0) {
      return;
    }
    file.at += length;
    file.rest = Buffer.concat([file.rest, chunk.subarray(0, length)]);
    for (let end = file.rest.indexOf(LINE_FEED); end !== -1; end = file.rest.indexOf(LINE_FEED)) {
      const line = parseLogLine(file.rest.subarray(0, end));
      file.rest = file.rest.subarray(end + 1);
      if (line !== null) {
        yield line;
      }
    }
  }
}

/** The files that there are, the older one first; none of them twice, though the newer may become the older meanwhile. */
function openBoth({ log, oldLog }: LogPaths): readonly OpenFile[] {
  for (;;) {
    const old = openFile(oldLog);
    const now = openFile(log);
    const files = [old, now].filter((file) => file !== null);
    if (inodeOf(oldLog) === (old === null ? null : fstatSync(old.fd).ino)) {
      return files;
    }
    for (const { fd } of files) {
      closeSync(fd);
    }
  }
}

/** What was begun after this file; null: it is still written to. Of two that followed it the first is the older by now. */
function follower(fd: number, { log, oldLog }: LogPaths): OpenFile | null {
  const { ino } = fstatSync(fd);
  const now = inodeOf(log);
  return now === ino || now === null ? null : openFile(inodeOf(oldLog) === ino ? log : oldLog);
}

function openFile(path: string): OpenFile | null {
  try {
    return { fd: openSync(path, 'r'), at: 0, rest: Buffer.alloc(0) };
  } catch {
    return null;
  }
}

function inodeOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? null;
}
