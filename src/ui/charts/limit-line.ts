import type { Buckets } from '../../model/history/buckets.ts';
import type { Tone } from '../rows.ts';
import { type Canvas, placeOf } from './braille.ts';

/** What is said of a place in time, counted in dots from the left. */
export type Mark = { readonly dot: number; readonly text: string };

/** Where a limit runs: the line of the picture in each column, -1 where it is above all, null where it is unknown. */
export type LimitLine = readonly (number | null)[];

/** On a canvas whose top is `top`. */
export function limitLine({ low }: Buckets, canvas: Canvas, top: number): LimitLine {
  return Array.from({ length: canvas.width / 2 }, (_, column) => {
    const [first = Number.NaN, second = Number.NaN] = low.slice(2 * column, 2 * column + 2);
    const value = Number.isNaN(second) ? first : second;
    if (Number.isNaN(value)) {
      return null;
    }
    return placeOf(value, canvas, top) >> 2;
  });
}

/** As a line with steps, behind everything else: where a character is taken it is not seen. */
export function drawLimit(canvas: Canvas, line: LimitLine, tone: Tone): void {
  const put = (column: number, at: number, sign: string) => {
    if (canvas.isFree(column, at)) {
      canvas.sign(column, at, sign, tone);
    }
  };
  for (const [column, here] of line.entries()) {
    const before = line[column - 1] ?? here;
    if (here === null || before === null) {
      continue;
    }
    if (here === before) {
      put(column, here, '┄');
      continue;
    }
    put(column, before, here > before ? '┐' : '┘');
    put(column, here, here > before ? '└' : '┌');
    for (let at = Math.min(here, before) + 1; at < Math.max(here, before); at += 1) {
      put(column, at, '┆');
    }
  }
}

/** Puts marks, the last ones first, near the line and where nothing else is. Answers those that found no place. */
export function drawMarks(canvas: Canvas, marks: readonly Mark[], line: LimitLine, tone: Tone): readonly Mark[] {
  return marks.toReversed().filter((mark) => !drawMark(canvas, mark, line, tone));
}

/** One blank stays on either side of a text. */
function drawMark(canvas: Canvas, { dot, text }: Mark, line: LimitLine, tone: Tone): boolean {
  const lines = canvas.height / 4;
  const column = dot >> 1;
  const signs = Array.from(text);
  const near = Math.max(0, line[column + 1] ?? line[column] ?? 0);
  const heights = Array.from({ length: lines }, (_, at) => at).sort(
    (a, b) => Math.abs(a - near) - Math.abs(b - near) || b - a,
  );
  for (const start of [column + 3, column - 2 - signs.length]) {
    const at = heights.find((each) =>
      Array.from({ length: signs.length + 2 }, (_, index) => start - 1 + index).every((x) => canvas.isFree(x, each)),
    );
    if (at !== undefined) {
      for (const [index, sign] of signs.entries()) {
        canvas.sign(start + index, at, sign, tone);
      }
      return true;
    }
  }
  return false;
}
