import type { Figure } from './figures.ts';
import { figureAt, SLOTS, type Track } from './track.ts';

/** The least and the most of a figure in each of some stretches of time, oldest first; NaN where nothing is known. */
export type Buckets = { readonly low: readonly number[]; readonly high: readonly number[] };

/**
 * The last `count` stretches of `seconds` each. They begin at multiples of `seconds`, so that what is past does not
 * change its shape while it moves; the last one is still being filled.
 */
export function bucketsOf(track: Track, figure: Figure, seconds: number, count: number): Buckets {
  const newest = Math.floor(track.last / seconds);
  const low: number[] = [];
  const high: number[] = [];
  for (let bucket = newest - count + 1; bucket <= newest; bucket += 1) {
    let least = Number.NaN;
    let most = Number.NaN;
    for (let slot = bucket * seconds; slot < (bucket + 1) * seconds; slot += 1) {
      const value = figureAt(track, figure, slot);
      if (!Number.isNaN(value)) {
        least = Number.isNaN(least) ? value : Math.min(least, value);
        most = Number.isNaN(most) ? value : Math.max(most, value);
      }
    }
    low.push(least);
    high.push(most);
  }
  return { low, high };
}

/** The mean of a figure over the last `seconds`; null where nothing of it is known, or it is no figure but `max`. */
export function meanOf(track: Track, figure: Figure, seconds: number): number | null {
  let sum = 0;
  let count = 0;
  for (let slot = track.last - seconds + 1; slot <= track.last; slot += 1) {
    const value = figureAt(track, figure, slot);
    if (Number.isFinite(value)) {
      sum += value;
      count += 1;
    }
  }
  return count === 0 ? null : sum / count;
}

/** Seconds for which there is a history. */
export function ageOf({ first, last }: Track): number {
  return Math.min(SLOTS, last - first + 1);
}
