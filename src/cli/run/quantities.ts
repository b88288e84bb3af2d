import type { Limit } from '../../model/limit.ts';
import { parseCount, parseCpus, parseSize, parseWhole, TAKES } from '../../runtime/cgroups/limit-words.ts';
import { misuse } from '../flags.ts';

/** A size, or `max` and -1 for none. */
export function bytesOf(verb: string, flag: string, text: string): Limit {
  return parsed(verb, flag, text, parseSize(text), TAKES.size);
}

/** A whole number, or `max` and -1 for none. */
export function countOf(verb: string, flag: string, text: string): Limit {
  return parsed(verb, flag, text, parseCount(text), TAKES.count);
}

export function numberOf(verb: string, flag: string, text: string): number {
  return parsed(verb, flag, text, parseWhole(text), TAKES.number);
}

/** CPUs as microseconds of a period of 100 ms. */
export function cpusOf(verb: string, flag: string, text: string, periodUs: number): Limit {
  return parsed(verb, flag, text, parseCpus(text, periodUs), TAKES.cpus);
}

function parsed<T>(verb: string, flag: string, text: string, value: T | null, takes: string): T {
  if (value === null) {
    throw misuse(verb, `${flag} is ${takes}, not '${text}'`);
  }
  return value;
}
