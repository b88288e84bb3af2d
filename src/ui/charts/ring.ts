import type { Row, Tone } from '../rows.ts';
import { type Canvas, canvasOf } from './braille.ts';

/** How a share is filled, so that no colour is needed to tell it from its neighbours. */
export type Texture = 'full' | 'half' | 'lines' | 'third' | 'rim';

/** `part`: of the sum of all, 0 or more. `letter` stands on a share that has room for it. */
export type Share = { readonly part: number; readonly tone: Tone; readonly texture: Texture; readonly letter: string };

/** Turns clockwise, from the top: all around, or with a gap below, as a gauge has it. */
export type Sweep = { readonly from: number; readonly turns: number };
export const DONUT: Sweep = { from: 0, turns: 1 };
export const GAUGE: Sweep = { from: -0.375, turns: 0.75 };

/** Dots from the outer to the inner edge, as a part of the radius. */
const THICKNESS = 0.4;
/** A letter on less of the circle than this would hide it. */
const LEAST_FOR_LETTER = 0.07;

/** A ring as wide as twice its lines, with a word in its middle; shares clockwise. Nothing where there is nothing to share. */
export function ringRows(lines: number, shares: readonly Share[], sweep: Sweep, word: string): readonly Row[] {
  const sum = shares.reduce((total, { part }) => total + part, 0);
  if (sum <= 0 || !Number.isFinite(sum)) {
    return [];
  }
  const canvas = canvasOf(2 * lines, lines);
  const radius = canvas.width / 2;
  for (let y = 0; y < canvas.height; y += 1) {
    for (let x = 0; x < canvas.width; x += 1) {
      const [right, up] = [x + 0.5 - radius, radius - y - 0.5];
      const depth = radius - Math.hypot(right, up);
      const at = turned(Math.atan2(right, up) / (2 * Math.PI) - sweep.from) / sweep.turns;
      const share = depth < 0 || depth >= radius * THICKNESS || at >= 1 ? null : shareAt(shares, at * sum);
      if (share !== null && isFilled(share.texture, x, y, depth)) {
        canvas.dot(x, y, share.tone);
      }
    }
  }
  putLetters(canvas, shares, sum, sweep);
  const signs = Array.from(word);
  for (const [index, sign] of signs.entries()) {
    canvas.sign(lines - Math.ceil(signs.length / 2) + index, Math.floor(lines / 2), sign, 'accent');
  }
  return canvas.rows();
}

function shareAt(shares: readonly Share[], at: number): Share | null {
  let end = 0;
  for (const share of shares) {
    end += share.part;
    if (at < end) {
      return share;
    }
  }
  return null;
}

function turned(turns: number): number {
  return turns - Math.floor(turns);
}

function isFilled(texture: Texture, x: number, y: number, depth: number): boolean {
  switch (texture) {
    case 'full':
      return true;
    case 'half':
      return (x + y) % 2 === 0;
    case 'lines':
      return y % 2 === 0;
    case 'third':
      return (x + 2 * y) % 3 === 0;
    case 'rim':
      return depth < 1;
  }
}

function putLetters(canvas: Canvas, shares: readonly Share[], sum: number, sweep: Sweep): void {
  const radius = canvas.width / 2;
  const middle = radius * (1 - THICKNESS / 2);
  let before = 0;
  for (const { part, letter, tone } of shares) {
    const turns = sweep.from + ((before + part / 2) / sum) * sweep.turns;
    before += part;
    if (letter !== '' && (part / sum) * sweep.turns >= LEAST_FOR_LETTER) {
      const x = Math.floor(radius + middle * Math.sin(2 * Math.PI * turns));
      const y = Math.floor(radius - middle * Math.cos(2 * Math.PI * turns));
      canvas.sign(x >> 1, y >> 2, letter, tone);
    }
  }
}
