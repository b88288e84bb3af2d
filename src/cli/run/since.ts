import { misuse } from '../flags.ts';

const UNITS: { readonly [unit: string]: number } = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** A moment as `docker logs --since` takes it, as RFC 3339 with nanoseconds, so that log times compare with it as text. */
export function sinceOf(verb: string, text: string, nowMs: number): string {
  const span = /^(?:\d+(?:\.\d+)?[smhd])+$/.test(text)
    ? [...text.matchAll(/(\d+(?:\.\d+)?)([smhd])/g)].reduce(
        (sum, [, figure, unit]) => sum + Number(figure) * (UNITS[unit ?? 's'] ?? 0),
        0,
      )
    : null;
  const unix = /^\d{1,12}(?:\.\d{1,9})?$/.test(text) ? Number(text) * 1000 : null;
  const moment = span !== null ? nowMs - span : (unix ?? Date.parse(/^\d{4}-\d\d-\d\d/.test(text) ? text : ''));
  if (Number.isNaN(moment) || Math.abs(moment) > 8.64e15) {
    throw misuse(verb, `--since is a time such as 10m, 2026-01-31T12:00:00Z or seconds since 1970, not '${text}'`);
  }
  return new Date(moment).toISOString().replace('Z', '000000Z');
}
