import type { Buckets } from '../../model/history/buckets.ts';

/** Minutes that charts show. With 10 they show what there is of them, so that the first minute is not lost in a corner. */
export const ZOOMS = [10, 1, 3] as const;

export type Zoom = (typeof ZOOMS)[number];

/** What a picture of so many dots shows: `count` stretches of `seconds` each, drawn over all of its dots. */
export type TimeWindow = { readonly seconds: number; readonly count: number; readonly dots: number };

/** `age`: seconds of which something is known. */
export function timeWindow(zoom: Zoom, age: number, dots: number): TimeWindow {
  const shown = Math.min(zoom * 60, zoom === 10 ? secondsPerDot(age, dots) * dots : Number.POSITIVE_INFINITY);
  const seconds = Math.ceil(shown / dots);
  return { seconds, count: Math.ceil(shown / seconds), dots };
}

/** Seconds of one dot so that `age` seconds fit, in steps, so that the picture changes its scale seldom. */
export function secondsPerDot(age: number, dots: number): number {
  return [1, 2, 3, 5, 10].find((seconds) => seconds * dots >= age) ?? Math.ceil(age / dots);
}

/** A stretch for each dot: the same one several times where there are more dots. */
export function overDots({ low, high }: Buckets, { count, dots }: TimeWindow): Buckets {
  const each = (values: readonly number[]) =>
    Array.from({ length: dots }, (_, dot) => values[Math.floor((dot * count) / dots)] ?? Number.NaN);
  return count === dots ? { low, high } : { low: each(low), high: each(high) };
}

/** The first dot of the stretch that was so many seconds before `last`. */
export function dotOf(second: number, last: number, { seconds, count, dots }: TimeWindow): number {
  const stretch = count - 1 - (Math.floor(last / seconds) - Math.floor(second / seconds));
  return Math.ceil((stretch * dots) / count);
}
