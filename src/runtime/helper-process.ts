import { closeSync, writeSync } from 'node:fs';
import { loadLibrary } from '../native/library.ts';
import { errnoName } from './status-line.ts';

/** nsview-init as it runs for us. Nothing here throws for an end that we have not heard of yet. */
export type HelperProcess = {
  readonly pid: number;
  /** Writes to its descriptor 3; waits until it has taken all. */
  readonly send: (bytes: Uint8Array) => void;
  /** Closes that descriptor: for the helper we are gone. */
  readonly hangUp: () => void;
  readonly kill: (signal: NodeJS.Signals) => void;
};

type HelperListener = {
  /** A text of its descriptor 4, which may end within a line. True: nothing has to wait for its end. */
  readonly onText: (text: string) => boolean;
  readonly onEnd: (code: number | null, signal: number | null) => void;
};

/** `error` is the errno's name; null: `detail` says it all. */
type NotStarted = { readonly error: string | null; readonly detail: string };

/** Starts the helper that is at `path` with these words, in a session of its own and without our standard streams where `detached`. */
export function startHelperProcess(
  path: string,
  words: readonly string[],
  detached: boolean,
  { onText, onEnd }: HelperListener,
): HelperProcess | NotStarted {
  const loaded = loadLibrary();
  if (loaded.library === null) {
    return { error: null, detail: loaded.reason };
  }
  let ended = false;
  const tell = (text: string | null, code: number, signal: number) => {
    if (text !== null) {
      return onText(text);
    }
    ended = true;
    onEnd(code < 0 ? null : code, signal === 0 ? null : signal);
    return false;
  };
  const block = Buffer.from(['nsview-init', ...words, ''].join('\0'));
  const control = new Int32Array(1);
  const { startHelper } = loaded.library;
  const pid = startHelper(Buffer.from(`${path}\0`), block, words.length + 1, detached ? 1 : 0, tell, control);
  if (pid < 0) {
    return { error: errnoName(-pid), detail: path };
  }
  let descriptor: number | null = control[0] ?? null;
  return {
    pid,
    send: (bytes) => {
      for (let done = 0; descriptor !== null && done < bytes.length; ) {
        try {
          done += writeSync(descriptor, bytes, done);
        } catch {
          // It reads no more: what it says of its end tells why.
          return;
        }
      }
    },
    hangUp: () => {
      if (descriptor !== null) closeSync(descriptor);
      descriptor = null;
    },
    kill: (signal) => {
      if (!ended) process.kill(pid, signal);
    },
  };
}
