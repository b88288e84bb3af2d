import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { type LogLine, parseLogLine } from '../state/log-line.ts';
import { tailStart } from '../state/log-tail.ts';
import type { Store } from '../state/store.ts';
import { type OwnContainer, readContainer } from './own-container.ts';

export type LogsRequest = {
  readonly follow: boolean;
  /** Lines from the end; null: all. */
  readonly tail: number | null;
  /** RFC 3339; null: from the start. */
  readonly since: string | null;
};

const CHUNK = 1 << 16;
const PAUSE_MS = 50;

/** Hands out what the container has printed, and while `follow` what it prints until it ends. */
export async function readLogs(
  store: Store,
  container: OwnContainer,
  request: LogsRequest,
  print: (line: LogLine) => void,
): Promise<void> {
  const log = openLog(container.files.log, request);
  if (log === null) {
    return;
  }
  try {
    for (const line of log.lines()) {
      if (request.since === null || line.at >= request.since) print(line);
    }
    while (request.follow) {
      const now = readContainer(store, container.id);
      for (const line of log.lines()) {
        print(line);
      }
      if (now === null || !now.attended) {
        return;
      }
      await setTimeout(PAUSE_MS);
    }
  } finally {
    log.close();
  }
}

/** Null where there is no log. Each call of `lines` goes on where the one before ended, up to what is written by then. */
function openLog(path: string, { tail, since }: LogsRequest) {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return null;
  }
  let at = tail === null ? 0 : tailStart(fd, tail, since);
  let rest = Buffer.alloc(0);
  return {
    close: () => closeSync(fd),
    *lines(): Generator<LogLine> {
      const chunk = Buffer.alloc(CHUNK);
      for (const { size } = fstatSync(fd); at < size; ) {
        const length = readSync(fd, chunk, 0, Math.min(CHUNK, size - at), at);
        if (length === 0) return;
        at += length;
        rest = Buffer.concat([rest, chunk.subarray(0, length)]);
        for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
          const line = parseLogLine(rest.subarray(0, end));
          rest = rest.subarray(end + 1);
          if (line !== null) yield line;
        }
      }
    },
  };
}
