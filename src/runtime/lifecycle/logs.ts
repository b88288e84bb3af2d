import { closeSync, openSync, readSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { type LogLine, parseLogLine } from '../state/log-line.ts';
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
  const log = openLog(container.files.log);
  if (log === null) {
    return;
  }
  try {
    const first = log.lines().filter(({ at }) => request.since === null || at >= request.since);
    for (const line of request.tail === null ? first : lastLines(first, request.tail)) {
      print(line);
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

/** The last so many lines, where parts of one line count as one. */
function lastLines(lines: readonly LogLine[], count: number): readonly LogLine[] {
  let whole = 0;
  for (let at = lines.length - 1; at >= 0; at -= 1) {
    const ends = lines[at]?.partial === false || at === lines.length - 1;
    whole += ends ? 1 : 0;
    if (whole > count) {
      return lines.slice(at + 1);
    }
  }
  return count === 0 ? [] : lines;
}

/** Null where there is no log. Each call of `lines` goes on where the one before ended. */
function openLog(path: string) {
  let fd: number;
  try {
    fd = openSync(path, 'r');
  } catch {
    return null;
  }
  let rest = Buffer.alloc(0);
  return {
    close: () => closeSync(fd),
    lines(): readonly LogLine[] {
      const lines: LogLine[] = [];
      const chunk = Buffer.alloc(CHUNK);
      for (let length = readSync(fd, chunk); length > 0; length = readSync(fd, chunk)) {
        rest = Buffer.concat([rest, chunk.subarray(0, length)]);
        for (let end = rest.indexOf(10); end !== -1; end = rest.indexOf(10)) {
          const line = parseLogLine(rest.subarray(0, end));
          if (line !== null) lines.push(line);
          rest = rest.subarray(end + 1);
        }
      }
      return lines;
    },
  };
}
