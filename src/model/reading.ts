/**
 * What came of reading one thing from the kernel. A probe never throws for what the kernel does: it throws only for our
 * own bugs.
 *
 * `gone`: the process or group ended (ENOENT or ESRCH under /proc/PID, ENODEV on a removed cgroup).
 * `unsupported`: this kernel, or this hierarchy, has no such file.
 */
export type Reading<T> =
  | { readonly status: 'ok'; readonly value: T }
  | Gone
  | { readonly status: 'denied'; readonly path: string; readonly code: DeniedCode }
  | { readonly status: 'unsupported'; readonly path: string; readonly code: string }
  | { readonly status: 'garbled'; readonly path: string; readonly line: string };

type Gone = { readonly status: 'gone' };

type DeniedCode = 'EACCES' | 'EPERM';

/** Every Reading that holds no value. */
export type Failure = Exclude<Reading<never>, { status: 'ok' }>;

export const gone: Gone = { status: 'gone' };

export function ok<T>(value: T): Reading<T> {
  return { status: 'ok', value };
}

/** Long lines come from strangers: a garbled line is kept short enough to print. */
const SHOWN_LINE = 120;

export function garbled(path: string, line: string): Failure {
  return { status: 'garbled', path, line: line.length > SHOWN_LINE ? `${line.slice(0, SHOWN_LINE)}…` : line };
}

export function mapReading<T, U>(reading: Reading<T>, change: (value: T) => U): Reading<U> {
  return reading.status === 'ok' ? ok(change(reading.value)) : reading;
}

export function flatMapReading<T, U>(reading: Reading<T>, change: (value: T) => Reading<U>): Reading<U> {
  return reading.status === 'ok' ? change(reading.value) : reading;
}

/** The value, or the fallback where there is none: `null` for JSON, never 0 for "unknown". */
export function valueOr<T, U>(reading: Reading<T>, fallback: U): T | U {
  return reading.status === 'ok' ? reading.value : fallback;
}
