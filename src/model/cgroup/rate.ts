import { type Reading, valueOr } from '../reading.ts';

/** A cumulative counter as read from one file. */
export type Counter = { readonly file: string | null; readonly reading: Reading<number> };

/** How much a counter grew; null where it was not read twice from one file, or went backwards: it began anew. */
export function growth(now: Counter, before: Counter | null | undefined): number | null {
  const [value, earlier] = [valueOr(now.reading, null), before == null ? null : valueOr(before.reading, null)];
  if (value === null || earlier === null || now.file !== before?.file || value < earlier) {
    return null;
  }
  return value - earlier;
}
