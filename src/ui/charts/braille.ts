import type { Row, Span, Tone } from '../rows.ts';

/** A picture of dots, two columns and four rows of them in each character. */
export type Canvas = {
  readonly width: number;
  readonly height: number;
  /** Sets a dot, counted from the top left; outside of the canvas nothing happens. A character has one tone, its last. */
  readonly dot: (x: number, y: number, tone: Tone) => void;
  /** Puts a sign of one column in the place of a character and its dots; outside of the canvas nothing happens. */
  readonly sign: (column: number, line: number, sign: string, tone: Tone) => void;
  /** Whether there is neither dot nor sign in a character of the canvas. */
  readonly isFree: (column: number, line: number) => boolean;
  readonly rows: () => readonly Row[];
};

const BLANK = 0x2800;
/** Unicode, Braille Patterns: which bit is which dot, row by row. */
const BITS = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80] as const;

/** An empty canvas of so many characters. */
export function canvasOf(columns: number, lines: number): Canvas {
  const bits = new Uint8Array(columns * lines);
  const signs = new Map<number, string>();
  const tones = new Array<Tone | undefined>(columns * lines);
  const width = columns * 2;
  const height = lines * 4;
  const has = (column: number, line: number) => column >= 0 && line >= 0 && column < columns && line < lines;
  const textAt = (cell: number) => {
    const dots = bits[cell] ?? 0;
    return signs.get(cell) ?? (dots === 0 ? ' ' : String.fromCharCode(BLANK + dots));
  };
  return {
    width,
    height,
    dot: (x, y, tone) => {
      if (x < 0 || y < 0 || x >= width || y >= height) {
        return;
      }
      const cell = (y >> 2) * columns + (x >> 1);
      bits[cell] = (bits[cell] ?? 0) | (BITS[(y & 3) * 2 + (x & 1)] ?? 0);
      tones[cell] = tone;
    },
    sign: (column, line, sign, tone) => {
      if (has(column, line)) {
        signs.set(line * columns + column, sign);
        tones[line * columns + column] = tone;
      }
    },
    isFree: (column, line) => has(column, line) && textAt(line * columns + column) === ' ',
    rows: () => Array.from({ length: lines }, (_, line) => spans(textAt, tones, line * columns, columns)),
  };
}

/** The row of dots of a value, 0 at the bottom and `top` at the top; -1 where it is unknown or above all. */
export function placeOf(value: number, { height }: Pick<Canvas, 'height'>, top: number): number {
  return Number.isFinite(value) ? height - 1 - Math.round((Math.min(value, top) / top) * (height - 1)) : -1;
}

/** One span for each run of one tone; what is empty has none. */
function spans(
  textAt: (cell: number) => string,
  tones: readonly (Tone | undefined)[],
  from: number,
  count: number,
): Row {
  const row: Span[] = [];
  let text = '';
  let tone: Tone | undefined;
  const close = () => {
    if (text !== '') {
      row.push(tone === undefined ? { text } : { text, tone });
    }
    text = '';
  };
  for (let cell = from; cell < from + count; cell += 1) {
    const here = textAt(cell);
    if (here !== ' ' && tones[cell] !== tone) {
      close();
      tone = tones[cell];
    }
    text += here;
  }
  close();
  return row;
}
