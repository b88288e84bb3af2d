import { NARROW_LETTER } from '../../present/printable.ts';

const STYLE = String.raw`\u001b\[0(?:;\d+)*m`;
const LETTER = NARROW_LETTER.source;
/**
 * The beginning of a row in which each letter is one cell: none is wide, and no mark follows that would be drawn onto the
 * letter before it. Those whose width Unicode calls ambiguous (lines, arrows, some Latin) are taken for narrow, as by all
 * views: a terminal that is set to draw them wide shows every row too wide. Each style says all of itself, as `paintRow`
 * writes them.
 */
const COUNTABLE = new RegExp(`(?:${STYLE}|${LETTER}(?=(?:${STYLE})*(?:${LETTER}|$)))*`, 'y');
const RESET = '\u001b[0m';
const ESCAPE = 0x1b;

/** Where a row is read: the next letter, and the style that it has. */
type Place = { at: number; style: string };

/**
 * What makes the `y`th row of the screen (from 1), which shows `before`, show `now`: both painted, of the same width.
 * Cells that differ are written, and between them those that are shorter than a move of the cursor; from the first
 * letter on whose width terminals do not agree the rest of the row.
 */
export function rowChanges(before: string, now: string, y: number): string {
  const ends = [countable(before), countable(now)] as const;
  const old: Place = { at: 0, style: '' };
  const next: Place = { at: 0, style: '' };
  let written = '';
  /** Where in `now` the piece that is being written ends, and in which style. */
  let end = -1;
  let left = '';
  for (let x = 1; ; x++) {
    passStyles(before, old);
    const gapEnd = next.at;
    passStyles(now, next);
    const isRest = old.at >= ends[0] || next.at >= ends[1];
    const isSame =
      old.style === next.style &&
      (isRest
        ? before.length - old.at === now.length - next.at && before.endsWith(now.slice(next.at))
        : before.charCodeAt(old.at) === now.charCodeAt(next.at));
    if (!isSame) {
      const start = (left === '' ? '' : RESET) + moveTo(x, y) + next.style;
      written += end >= 0 && gapEnd - end <= start.length ? now.slice(end, next.at) : start;
      end = isRest ? now.length : next.at + 1;
      written += now.slice(next.at, end);
      left = isRest ? '' : next.style;
    }
    if (isRest) {
      const pieces = written + (left === '' ? '' : RESET);
      const whole = moveTo(1, y) + now;
      return pieces.length < whole.length ? pieces : whole;
    }
    old.at++;
    next.at++;
  }
}

export function moveTo(x: number, y: number): string {
  return `\u001b[${y};${x}H`;
}

function countable(row: string): number {
  COUNTABLE.lastIndex = 0;
  return COUNTABLE.exec(row)?.[0].length ?? 0;
}

/** Styles before the next letter; only in the countable part are there no other sequences. */
function passStyles(row: string, place: Place): void {
  while (row.charCodeAt(place.at) === ESCAPE) {
    const end = row.indexOf('m', place.at) + 1;
    const style = row.slice(place.at, end);
    place.style = style === RESET ? '' : style;
    place.at = end;
  }
}
