import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { ok, type Reading } from '../model/reading.ts';
import { attempt, failureOf } from './errno.ts';

/** open(2): names a file without opening it, so that no device or FIFO notices. Node has no name for it. */
export const O_PATH = 0o10000000;

/** The errno name of why a file was not read. */
export type Refused = { readonly code: string };

/**
 * Opens for reading what `named`, a descriptor of O_PATH, names: that very file, whatever its path leads to by now.
 * What is no regular file is refused unopened.
 */
export function openNamed(named: number): { readonly fd: number; readonly sizeBytes: number } | Refused {
  const stat = fstatSync(named);
  if (stat.isSymbolicLink()) return { code: 'ELOOP' };
  if (!stat.isFile()) return { code: stat.isDirectory() ? 'EISDIR' : 'EBADFD' };
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY;
  return { fd: openSync(`/proc/self/fd/${named}`, flags), sizeBytes: stat.size };
}

/** The whole of a regular file of at most `maxBytes`, else EFBIG. `kernelPath` is what an error names. */
export function readRegularFile(path: string, kernelPath: string, maxBytes: number): Reading<string> {
  const read = attempt(kernelPath, 'unsupported', () => {
    const named = openSync(path, O_PATH | constants.O_NOFOLLOW);
    try {
      const opened = openNamed(named);
      return 'code' in opened ? opened : readWhole(opened, maxBytes);
    } finally {
      closeSync(named);
    }
  });
  if (read.status !== 'ok') return read;
  return typeof read.value === 'string' ? ok(read.value) : failureOf(read.value.code, kernelPath, 'unsupported');
}

/** The size may be another by the time of the read: a byte more is asked for than there should be. */
function readWhole({ fd, sizeBytes }: { fd: number; sizeBytes: number }, maxBytes: number): string | Refused {
  try {
    let bytes = Buffer.allocUnsafe(Math.min(sizeBytes, maxBytes) + 1);
    let used = 0;
    while (sizeBytes <= maxBytes && used <= maxBytes) {
      if (used === bytes.length) bytes = Buffer.concat([bytes], 2 * used);
      const more = readSync(fd, bytes, used, bytes.length - used, used);
      if (more === 0) return bytes.toString('utf8', 0, used);
      used += more;
    }
    return { code: 'EFBIG' };
  } finally {
    closeSync(fd);
  }
}
