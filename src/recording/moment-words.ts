import type { Moment } from './block.ts';

/** A place in a recording as it is typed. */
export type Time =
  | { readonly kind: 'fromStart' | 'fromEnd'; readonly ms: number }
  | { readonly kind: 'clock'; readonly seconds: number }
  | { readonly kind: 'instant'; readonly ms: number };

export const TIME_TAKES =
  'a time of the day such as 12:04:10, a date with it, or 90s from the start, or -90s from the end';

const UNITS: { readonly [unit: string]: number } = { ms: 1, s: 1000, '': 1000, m: 60_000, h: 3_600_000 };

/** Null where the text is no such time. A date without a zone is of here. */
export function parseTime(text: string): Time | null {
  const [span, sign, figure, unit] = /^([+-]?)(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)?$/.exec(text) ?? [];
  if (span !== undefined) {
    const ms = Number(figure) * (UNITS[unit ?? ''] ?? Number.NaN);
    return { kind: sign === '-' ? 'fromEnd' : 'fromStart', ms };
  }
  const [clock, hours, minutes, seconds = '0'] = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text) ?? [];
  if (clock !== undefined) {
    const of = [Number(hours), Number(minutes), Number(seconds)] as const;
    return of[0] > 23 || of[1] > 59 || of[2] > 59
      ? null
      : { kind: 'clock', seconds: of[0] * 3600 + of[1] * 60 + of[2] };
  }
  const ms = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : { kind: 'instant', ms };
}

/** The last sample taken at or before a time; null where the recording begins later or ended before. */
export function indexAt(moments: readonly Moment[], time: Time): number | null {
  const first = moments[0];
  const last = moments.at(-1);
  if (first === undefined || last === undefined) {
    return null;
  }
  const wallMs = wallOf(time, first.wallMs, last.wallMs);
  // A sample stands for the second it is in.
  const index = moments.findLastIndex((moment) => Math.floor(moment.wallMs / 1000) <= Math.floor(wallMs / 1000));
  return index === -1 || Math.floor(wallMs / 1000) > Math.floor(last.wallMs / 1000) ? null : index;
}

function wallOf(time: Time, firstMs: number, lastMs: number): number {
  switch (time.kind) {
    case 'fromStart':
      return firstMs + time.ms;
    case 'fromEnd':
      return lastMs - time.ms;
    case 'instant':
      return time.ms;
    case 'clock': {
      const day = new Date(firstMs);
      day.setHours(0, 0, time.seconds, 0);
      // Over midnight: the day after.
      return day.getTime() >= Math.floor(firstMs / 1000) * 1000 ? day.getTime() : day.setDate(day.getDate() + 1);
    }
  }
}
