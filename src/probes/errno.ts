import { constants } from 'node:os';
import { type Failure, gone, ok, type Reading } from '../model/reading.ts';
import type { Missing } from './host.ts';

/** Files under /proc/PID that answer EINVAL, not ESRCH, once the process is a zombie: its mount namespace has gone. */
const ZOMBIE_EINVAL = /^\/proc\/[^/]+\/(?:task\/[^/]+\/)?(?:mountinfo|mounts|mountstats)$/;

/**
 * The one place where a kernel error becomes a Reading. `code` is its name (`ENOENT`), `path` as the kernel names it,
 * and `missing` what the caller says an absent file means. Sources: errno(3), proc(5), openat2(2).
 */
export function failureOf(code: string, path: string, missing: Missing): Failure {
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return missing === 'gone' ? gone : { status: 'unsupported', path, code };
    case 'ESRCH':
    case 'ENODEV':
      return gone;
    case 'EACCES':
    case 'EPERM':
      return { status: 'denied', path, code };
    case 'EINVAL':
      return ZOMBIE_EINVAL.test(path) ? gone : { status: 'unsupported', path, code };
    default:
      return { status: 'unsupported', path, code };
  }
}

/** What an absent file means on the hot path: under /proc its process ended; elsewhere the file does not exist here. */
export function missingAt(path: string): Missing {
  return path.startsWith('/proc/') ? 'gone' : 'unsupported';
}

const names = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]));
// EWOULDBLOCK and EAGAIN, EOPNOTSUPP and ENOTSUP share a number: the first name is the one errno(3) leads with.
names.set(constants.errno.EAGAIN, 'EAGAIN');
names.set(constants.errno.EOPNOTSUPP, 'EOPNOTSUPP');
// Linux's own, unknown to Node.
names.set(77, 'EBADFD');

/** The name of an errno number, or the number in words where it has none. */
export function errnoName(number: number): string {
  return names.get(number) ?? `E${number}`;
}

/**
 * What a synchronous Node call gives, its error as a Reading. Without a stack trace a failing call costs half: 7 µs
 * instead of 14.
 */
export function attempt<T>(path: string, missing: Missing, call: () => T): Reading<T> {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return ok(call());
  } catch (error) {
    return failureOf(errnoOf(error), path, missing);
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/** The errno name of what a Node call threw; anything without one is a bug of ours and is thrown on. */
function errnoOf(error: unknown): string {
  if (error instanceof Error && 'errno' in error && 'code' in error && typeof error.code === 'string')
    return error.code;
  throw error;
}
