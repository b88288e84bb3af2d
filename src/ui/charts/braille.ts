import type { Row, Span, Tone } from '../rows.ts';

/** A picture of dots, two columns and four rows of them in each character. */
export type Canvas = {
  readonly width: number;
  readonly height: number;
  /** Sets a dot, counted from the top left; outside of the canvas nothing happens. A character has one tone, its last. */
  readonly dot: (x: number, y: number, tone: Tone) => void;
  readonly rows: () => readonly Row[];
};

const BLANK = 0x2800;
/** Unicode, Braille Patterns: which bit is which dot, row by row. */
const BITS = [0x01, 0x08, 0x02, 0x10, 0x04, 0x20, 0x40, 0x80] as const;

/** An empty canvas of so many characters. */
export function canvasOf(columns: number, lines: number): Canvas {
  const bits = new Uint8Array(columns * lines);
  const tones = new Array<Tone | undefined>(columns * lines);
  const width = columns * 2;
  const height = lines * 4;
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
    rows: () => Array.from({ length: lines }, (_, line) => spans(bits, tones, line * columns, columns)),
  };
}

/** One span for each run of one tone; a character without dots is a blank. */
function spans(bits: Uint8Array, tones: readonly (Tone | undefined)[], from: number, count: number): Row {
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
    const dots = bits[cell] ?? 0;
    if (dots !== 0 && tones[cell] !== tone) {
      close();
      tone = tones[cell];
    }
    text += dots === 0 ? ' ' : String.fromCharCode(BLANK + dots);
  }
  close();
  return row;
}
