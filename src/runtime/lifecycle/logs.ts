import { setTimeout } from 'node:timers/promises';
import { openLog } from '../state/log-files.ts';
import type { LogLine } from '../state/log-line.ts';
import type { Store } from '../state/store.ts';
import { type OwnContainer, readContainer } from './own-container.ts';

export type LogsRequest = {
  readonly follow: boolean;
  /** Lines from the end; null: all. */
  readonly tail: number | null;
  /** RFC 3339; null: from the start. */
  readonly since: string | null;
};

const PAUSE_MS = 50;

/** Hands out what the container has printed, and while `follow` what it prints until it ends. */
export async function readLogs(
  store: Store,
  container: OwnContainer,
  request: LogsRequest,
  print: (line: LogLine) => void,
): Promise<void> {
  const log = openLog(container.files, request.tail, request.since);
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
