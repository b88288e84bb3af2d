import type { Limit } from '../../model/limit.ts';
import { misuse } from '../flags.ts';

const UNITS: { readonly [unit: string]: number } = { b: 0, k: 1, m: 2, g: 3, t: 4, p: 5 };
const SIZE = /^(\d+(?:\.\d+)?) ?(?:([bkmgtp])(?:i?b)?)?$/i;

/** Bytes as Docker reads them: `512`, `300m`, `1.5GiB`, `64 kb`, all in steps of 1024. Null: no such text. */
function parseBytes(text: string): number | null {
  const match = SIZE.exec(text.trim());
  const bytes = Number(match?.[1]) * 1024 ** (UNITS[match?.[2]?.toLowerCase() ?? 'b'] ?? 0);
  return match === null || bytes > Number.MAX_SAFE_INTEGER ? null : Math.floor(bytes);
}

/** A size, or `max` and -1 for none. */
export function bytesOf(verb: string, flag: string, text: string): Limit {
  const bytes = isMax(text) ? 'max' : parseBytes(text);
  if (bytes === null) {
    throw misuse(verb, `${flag} is a size such as 300m or 1.5g, or max, not '${text}'`);
  }
  return bytes;
}

/** A whole number, or `max` and -1 for none. */
export function countOf(verb: string, flag: string, text: string): Limit {
  const count = isMax(text) ? 'max' : wholeNumber(text);
  if (count === null) {
    throw misuse(verb, `${flag} is a whole number or max, not '${text}'`);
  }
  return count;
}

export function numberOf(verb: string, flag: string, text: string): number {
  const number = wholeNumber(text);
  if (number === null) {
    throw misuse(verb, `${flag} is a whole number, not '${text}'`);
  }
  return number;
}

/** CPUs as microseconds of a period of 100 ms. */
export function cpusOf(verb: string, flag: string, text: string, periodUs: number): Limit {
  if (isMax(text)) {
    return 'max';
  }
  const cpus = /^\d{1,6}(?:\.\d{1,9})?$|^\.\d{1,9}$/.test(text) ? Number(text) : 0;
  if (cpus <= 0) {
    throw misuse(verb, `${flag} is a number of CPUs such as 0.5, or max, not '${text}'`);
  }
  return Math.round(cpus * periodUs);
}

function isMax(text: string): boolean {
  return text === 'max' || text === '-1';
}

function wholeNumber(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null;
}
