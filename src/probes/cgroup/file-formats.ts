import type { Limit } from '../../model/limit.ts';
import { garbled, ok, type Reading } from '../../model/reading.ts';
import { decimal } from '../kernel-text.ts';

/** The formats of cgroup files: "Format" in Documentation/admin-guide/cgroup-v2.rst; v1 has the same ones. */

/**
 * From here on a v1 figure means "no limit": PAGE_COUNTER_MAX is 2^63 less one page, and the page size differs between
 * machines.
 */
const NO_LIMIT = 2 ** 62;

/** One unsigned number and a newline. */
export function parseCount(text: string, path: string): Reading<number> {
  const value = decimal(text.trimEnd());
  return value === null ? garbled(path, text) : ok(value);
}

/** One number, `max` on v2; -1 and everything from 2^62 on mean the same on v1. */
export function parseLimit(text: string, path: string): Reading<Limit> {
  const limit = limitOf(text.trimEnd());
  return limit === null ? garbled(path, text) : ok(limit);
}

export function limitOf(word: string | undefined): Limit | null {
  if (word === 'max' || word === '-1') {
    return 'max';
  }
  const value = decimal(word);
  return value !== null && value >= NO_LIMIT ? 'max' : value;
}

export type FlatKeyed = { readonly [key: string]: number };

/** `KEY VALUE` lines. The longest files on the hot path are of this form: no regular expression, no list of lines. */
export function parseFlatKeyed(text: string, path: string): Reading<FlatKeyed> {
  const values: { [key: string]: number } = Object.create(null);
  for (let start = 0; start < text.length; ) {
    const newline = text.indexOf('\n', start);
    const end = newline === -1 ? text.length : newline;
    const space = text.indexOf(' ', start);
    const value = space > start && space < end ? digits(text, space + 1, end) : null;
    if (value === null) {
      return garbled(path, text.slice(start, end));
    }
    values[text.slice(start, space)] = value;
    start = end + 1;
  }
  return ok(values);
}

const ZERO = 48;

/** The unsigned decimal between two positions, or null. */
function digits(text: string, start: number, end: number): number | null {
  let value = 0;
  for (let at = start; at < end; at += 1) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) {
      return null;
    }
    value = value * 10 + digit;
  }
  return start === end ? null : value;
}

/** A key that this kernel does not write is as good as a file it does not have. */
export function keyOf(values: FlatKeyed, key: string, path: string): Reading<number> {
  const value = values[key];
  return value === undefined ? { status: 'unsupported', path, code: 'ENOENT' } : ok(value);
}

/** `NAME KEY=VALUE KEY=VALUE …`: io.stat, io.max. Null where it is not so. */
export function nestedKeyed(line: string): { readonly name: string; readonly values: Map<string, string> } | null {
  const [name, ...pairs] = line.trimEnd().split(' ');
  const values = new Map<string, string>();
  for (const pair of pairs) {
    const equals = pair.indexOf('=');
    if (equals <= 0) {
      return null;
    }
    values.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
  return name === undefined || name === '' ? null : { name, values };
}
