import type { Buckets } from '../../model/history/buckets.ts';
import { type Row, rowWidth, span, type Tone } from '../rows.ts';
import { type Canvas, canvasOf, placeOf } from './braille.ts';
import { drawLimit, drawMarks, limitLine, type Mark } from './limit-line.ts';

/** One figure of a chart. An area stands on the one before it, as wide as its own figure. */
export type Layer = {
  readonly kind: 'line' | 'area' | 'limit';
  readonly name: string;
  readonly tone: Tone;
  readonly buckets: Buckets;
};

export type ChartInput = {
  readonly width: number;
  /** Lines of the picture; below it comes one more, of the time. */
  readonly height: number;
  readonly layers: readonly Layer[];
  /** Seconds from the left end to now. */
  readonly seconds: number;
  readonly label: (value: number) => string;
  /** What happened to the limit, oldest first. */
  readonly marks: readonly Mark[];
};

/** Columns left of the picture: labels and the axis. */
export const AXIS = 14;

/** Dots, and so stretches of time, in a chart of this width. */
export function dotsIn(width: number): number {
  return Math.max(1, width - AXIS - 1) * 2;
}

/** What is drawn by a sign of its own, so that no colour is needed to tell them apart. */
const SIGNS: { readonly [kind in Layer['kind']]: string } = { line: '⠒⠒', area: '⣿', limit: '┄┄' };
const UPPER_AREA = '⢕';

/** Figures over time in braille dots, from 0 to their most, a limit drawn in; empty where nothing is known of any. */
export function chartRows({ width, height, layers, seconds, label, marks }: ChartInput): readonly Row[] {
  const areas = stacked(layers.filter(({ kind }) => kind === 'area'));
  const lines = layers.filter(({ kind }) => kind !== 'area');
  const top = Math.max(0, ...[...areas, ...lines].flatMap(({ buckets }) => buckets.high.filter(Number.isFinite)));
  const drawn = layers.filter(({ buckets }) => buckets.high.some(Number.isFinite));
  const room = width - AXIS - 1;
  if (room < 8 || height < 1 || drawn.every(({ kind }) => kind === 'limit')) {
    return [];
  }
  const canvas = canvasOf(room, height);
  const scale = top === 0 ? 1 : top;
  for (const [index, layer] of areas.entries()) {
    drawArea(canvas, layer, areas[index - 1] ?? null, scale);
  }
  for (const layer of lines.filter(({ kind }) => kind === 'line').toReversed()) {
    drawLine(canvas, layer, scale);
  }
  const limit = layers.find(({ kind }) => kind === 'limit');
  const line = limit === undefined ? [] : limitLine(limit.buckets, canvas, scale);
  const tone = limit?.tone ?? 'dim';
  const now = line.at(-1) ?? -1;
  const isCovered = now >= 0 && !canvas.isFree(room - 1, now);
  drawLimit(canvas, line, tone);
  const [said] = drawMarks(canvas, marks, line, tone);
  const limitNow = limit?.buckets.low.at(-1) ?? Number.NaN;
  const picture = canvas
    .rows()
    .map((row, at) => [
      ...axis(at, height, scale, label, at === now ? { value: limitNow, tone } : null),
      ...row,
      ...(at === now && isCovered ? [span('┄', tone)] : []),
    ]);
  return [...picture, timeRow(drawn, seconds, room, said?.text ?? null)];
}

type LimitNow = { readonly value: number; readonly tone: Tone };

/** The limit as it is now has its label in its place: the line itself may be covered. */
function axis(line: number, height: number, top: number, label: ChartInput['label'], limit: LimitNow | null): Row {
  const isMiddle = height % 2 === 1 && height >= 5 && line === (height - 1) / 2 && label(top / 2) !== label(top);
  const text = line === 0 ? label(top) : isMiddle ? label(top / 2) : '';
  const limitText = limit === null ? '' : `┄ ${label(limit.value)}`;
  if (limit !== null && limitText.length <= AXIS - 2 && (line !== 0 || label(limit.value) === text)) {
    return [span(limitText.padStart(AXIS - 2), limit.tone), span(' ┤', 'dim')];
  }
  return [span(`${text.padStart(AXIS - 2)} ${text === '' ? '│' : '┤'}`, 'dim')];
}

/** `said`: of the limit, what found no place in the picture. */
function timeRow(layers: readonly Layer[], seconds: number, room: number, said: string | null): Row {
  const minutes = Math.round(seconds / 6) / 10;
  const ago = ` ${seconds < 60 ? `${seconds} s` : `${minutes} min`} ago `;
  const isArea = layers.filter(({ kind }) => kind === 'area');
  const legend = layers.flatMap((layer) => [
    span('  '),
    span(isArea.indexOf(layer) > 0 ? UPPER_AREA : SIGNS[layer.kind], layer.tone),
    span(` ${layer.kind === 'limit' ? (said ?? layer.name) : layer.name}`, 'dim'),
  ]);
  const left: Row = [span(`${'0'.padStart(AXIS - 2)} └`, 'dim'), span(ago, 'dim'), ...legend, span('  ')];
  const rest = room + AXIS - rowWidth(left) - 4;
  return rest < 0 ? left : [...left, span(`${'─'.repeat(rest)} now`, 'dim')];
}

/** Areas one on the other. Where one is unknown, so is what would stand on it. */
function stacked(areas: readonly Layer[]): readonly Layer[] {
  const result: Layer[] = [];
  for (const layer of areas) {
    const below = result.at(-1)?.buckets;
    const add = (values: readonly number[], under: readonly number[] | undefined) =>
      under === undefined ? values : values.map((value, index) => value + (under[index] ?? Number.NaN));
    const { low, high } = layer.buckets;
    result.push({ ...layer, buckets: { low: add(low, below?.low), high: add(high, below?.high) } });
  }
  return result;
}

/** The upper of two areas has every second dot. */
function drawArea(canvas: Canvas, { buckets, tone }: Layer, below: Layer | null, top: number): void {
  for (const [x, value] of buckets.high.entries()) {
    const from = placeOf(value, canvas, top);
    const under = below === null ? canvas.height : placeOf(below.buckets.high[x] ?? Number.NaN, canvas, top);
    for (let y = from; from >= 0 && y < under; y += 1) {
      if (below === null || (x + y) % 2 === 0) {
        canvas.dot(x, y, tone);
      }
    }
  }
}

/** From the least to the most of each stretch, joined to the stretch before. */
function drawLine(canvas: Canvas, { buckets, tone }: Layer, top: number): void {
  let before: { readonly from: number; readonly to: number } | null = null;
  for (const [x, value] of buckets.high.entries()) {
    const from = placeOf(value, canvas, top);
    const to = placeOf(buckets.low[x] ?? Number.NaN, canvas, top);
    if (from < 0 || to < 0) {
      before = null;
      continue;
    }
    const first: number = before !== null && before.to < from - 1 ? before.to + 1 : from;
    const last: number = before !== null && before.from > to + 1 ? before.from - 1 : to;
    for (let y = first; y <= last; y += 1) {
      canvas.dot(x, y, tone);
    }
    before = { from, to };
  }
}
