import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';

/** How a container ended, as the helper wrote it (native/init/exit-record.c). */
export type ExitRecord = {
  /** The command's own, or 128 + the signal. */
  readonly code: number;
  readonly signal: number | null;
  /** RFC 3339. */
  readonly startedAt: string;
  readonly endedAt: string;
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
  const numbers = new Map<string, string>();
  const finals = new Map<string, string>();
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf('\n', at);
    if (end === -1) {
      return null;
    }
    const line = bytes.toString('utf8', at, end);
    const file = /^file (\d+) (\/.*)$/.exec(line);
    if (file === null) {
      const [name = '', value = ''] = line.split(' ');
      numbers.set(name, value);
      at = end + 1;
    } else {
      const length = Number(file[1]);
      finals.set(file[2] ?? '', bytes.toString('utf8', end + 1, end + 1 + length));
      at = end + 1 + length + 1;
    }
  }
  const code = numbers.get('code');
  const startedAt = timeOf(numbers.get('started'));
  const endedAt = timeOf(numbers.get('ended'));
  if (code === undefined || !/^\d+$/.test(code) || startedAt === null || endedAt === null) {
    return null;
  }
  const signal = Number(numbers.get('signal') ?? 0);
  return { code: Number(code), signal: signal > 0 ? signal : null, startedAt, endedAt, finals };
}

/** Nanoseconds since 1970, as RFC 3339. */
function timeOf(nanoseconds: string | undefined): string | null {
  if (nanoseconds === undefined || !/^\d{10,19}$/.test(nanoseconds)) {
    return null;
  }
  const text = new Date(Number(BigInt(nanoseconds) / 1_000_000n)).toISOString();
  return `${text.slice(0, -'.000Z'.length)}.${nanoseconds.slice(-9)}Z`;
}
