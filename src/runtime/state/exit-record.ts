import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { type Ending, parseEnding } from '../../model/ending.ts';

/** How a container ended, as the helper wrote it (native/init/exit-record.c). */
export type ExitRecord = Ending & {
  /** Cgroup files as they were at the end, by path. */
  readonly finals: ReadonlyMap<string, string>;
};

/** Null where it is missing or was not written whole. */
export function readExitRecord(path: string): ExitRecord | null {
  try {
    return parseExitRecord(readFileSync(path));
  } catch {
    return null;
  }
}

export type OpenRecord = { readonly read: () => ExitRecord | null; readonly close: () => void };

/** For who waits for the end: how it ended can be read also once its files are gone. Null: there is no record to come. */
export function openExitRecord(path: string): OpenRecord | null {
  return openRecord(unfinished(path), 'r') ?? openRecord(path, 'r');
}

/** The same for who starts the helper, which writes into the file that is made here. Null: it makes its own. */
export function makeExitRecord(path: string): OpenRecord | null {
  return openRecord(unfinished(path), 'wx+');
}

/** What it is called until it is whole. */
function unfinished(path: string): string {
  return `${path}.new`;
}

function openRecord(path: string, flags: 'r' | 'wx+'): OpenRecord | null {
  try {
    const fd = openSync(path, flags, 0o600);
    return { read: () => parseExitRecord(readWhole(fd)), close: () => closeSync(fd) };
  } catch {
    return null;
  }
}

function readWhole(fd: number): Buffer {
  const bytes = Buffer.alloc(fstatSync(fd).size);
  return bytes.subarray(0, readSync(fd, bytes, 0, bytes.length, 0));
}

export function parseExitRecord(bytes: Buffer): ExitRecord | null {
  const ending = parseEnding(bytes.toString());
  const finals = new Map<string, string>();
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf('\n', at);
    if (end === -1) {
      return null;
    }
    const [, length, path] = /^file (\d+) (\/.*)$/.exec(bytes.toString('utf8', at, end)) ?? [];
    at = end + 1;
    if (path !== undefined) {
      finals.set(path, bytes.toString('utf8', at, at + Number(length)));
      at += Number(length) + 1;
    }
  }
  return ending === null ? null : { ...ending, finals };
}
