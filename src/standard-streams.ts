import { fstatSync, writeSync } from 'node:fs';

/** Standard output as a command uses it. */
export type StandardOutput = {
  /** Width of the terminal; null where it is none. */
  readonly columns: number | null;
  readonly write: (text: string) => void;
  /** Resolves when everything written is out of our hands. */
  readonly drained: () => Promise<void>;
};

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
/** inode(7), st_mode; and the major number of /dev/null and its like (Documentation/admin-guide/devices.txt). */
const S_IFMT = 0o170000;
const S_IFCHR = 0o020000;
const S_IFIFO = 0o010000;
const S_IFSOCK = 0o140000;
const MEMORY_DEVICES = 1;

/** How long to wait for a reader that is slower than we write. */
const RETRY_MS = 2;

/**
 * A terminal is Node's stream; anything else is written straight to its descriptor, since loading Node's streams would
 * cost every `nsview ps | …` a fifth of its start. A reader that went away is no failure: the rest was not wanted, so the
 * program ends with 0.
 */
export function openStandardOutput(): StandardOutput {
  if (!mayBeTerminal(STDOUT)) {
    return { columns: null, write: (text) => writeAll(STDOUT, Buffer.from(text)), drained: () => Promise.resolve() };
  }
  const { stdout } = process;
  stdout.on('error', endWhereNobodyReads);
  return {
    columns: stdout.isTTY ? stdout.columns : null,
    write: (text) => {
      stdout.write(text);
    },
    drained: () => new Promise((resolve) => stdout.write('', () => resolve())),
  };
}

/** Whether somebody can sit at both ends; asks Node, which loads its streams for it, only where the kernel would not say no. */
export function isInteractive(): boolean {
  return mayBeTerminal(STDIN) && mayBeTerminal(STDOUT) && process.stdin.isTTY && process.stdout.isTTY;
}

/** Whether somebody holds the other end of standard input, and tells by closing it that the work is done. */
export function isPipedInput(): boolean {
  const type = fstatSync(STDIN).mode & S_IFMT;
  return type === S_IFIFO || type === S_IFSOCK;
}

/** A character device that is not /dev/null or the like. */
function mayBeTerminal(descriptor: number): boolean {
  const { mode, rdev } = fstatSync(descriptor);
  return (mode & S_IFMT) === S_IFCHR && rdev >> 8 !== MEMORY_DEVICES;
}

export function writeStandardError(text: string): void {
  writeAll(STDERR, Buffer.from(text));
}

/** What somebody else's program printed, as it is. */
export function writeBytes(stream: 'stdout' | 'stderr', bytes: Buffer): void {
  writeAll(stream === 'stdout' ? STDOUT : STDERR, bytes);
}

function writeAll(descriptor: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(descriptor, bytes, done);
    } catch (error) {
      endWhereNobodyReads(error as NodeJS.ErrnoException);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
    }
  }
}

/** Comes back only from a descriptor that is full for now. */
function endWhereNobodyReads(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') {
    process.exit(0);
  }
  if (error.code !== 'EAGAIN') {
    throw error;
  }
}
