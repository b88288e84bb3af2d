import { FIGURE_COUNT, FIGURES, type Figure, type Throttled } from './figures.ts';

/** Seconds that are remembered, one slot each. */
export const SLOTS = 600;

/** A container that does nothing needs a few rows for ten minutes; one that does something gets twice as many when full. */
const FIRST_ROWS = 4;

/** What one container's history takes at most: 600 rows of 16 figures of 4 bytes, and 2 bytes per slot. 39,600 bytes. */
export const TRACK_BYTES = SLOTS * (FIGURE_COUNT * Float32Array.BYTES_PER_ELEMENT + Uint16Array.BYTES_PER_ELEMENT);

/**
 * The last ten minutes of one container: a ring of slots, from `first` to `last`, which are seconds of the history.
 * Seconds that follow each other and in which nothing changed share a row of figures.
 */
export type Track = {
  /** A ring of rows, oldest first from the one of the oldest slot. */
  rows: Float32Array;
  /** The row of each slot. */
  readonly rowOf: Uint16Array;
  readonly first: number;
  /** One less than `first` where nothing is remembered yet. */
  last: number;
  throttled: Throttled | null;
};

export function newTrack(first: number): Track {
  const rows = new Float32Array(FIRST_ROWS * FIGURE_COUNT);
  return { rows, rowOf: new Uint16Array(SLOTS), first, last: first - 1, throttled: null };
}

/** A track that goes on by itself. */
export function copyTrack(track: Track): Track {
  return { ...track, rows: track.rows.slice(), rowOf: track.rowOf.slice() };
}

/**
 * Writes these figures into every slot after the last one up to `slot`; where that is the last one, into it instead of
 * what it had.
 */
export function remember(track: Track, figures: Float32Array, slot: number): void {
  const { first, last, rowOf } = track;
  if (slot === last && (last === first || rowAt(track, last) !== rowAt(track, last - 1))) {
    track.rows.set(figures, rowAt(track, last) * FIGURE_COUNT);
    return;
  }
  const isSame = last >= first && isRow(track, rowAt(track, last), figures);
  const oldest = Math.max(first, slot - SLOTS + 1);
  const row = isSame ? rowAt(track, last) : newRow(track, oldest);
  track.rows.set(figures, row * FIGURE_COUNT);
  for (let each = Math.max(oldest, Math.min(last + 1, slot)); each <= slot; each += 1) {
    rowOf[each % SLOTS] = row;
  }
  track.last = slot;
}

/** A figure at a second of the history; NaN where it is unknown, or out of what is remembered. */
export function figureAt(track: Track, figure: Figure, slot: number): number {
  const { rows, first, last } = track;
  return slot < first || slot > last || slot <= last - SLOTS
    ? Number.NaN
    : (rows[rowAt(track, slot) * FIGURE_COUNT + FIGURES[figure]] ?? Number.NaN);
}

function rowAt({ rowOf }: Track, slot: number): number {
  return rowOf[slot % SLOTS] ?? 0;
}

function isRow({ rows }: Track, row: number, figures: Float32Array): boolean {
  return figures.every((value, index) => Object.is(value, rows[row * FIGURE_COUNT + index]));
}

/** The place after the newest row, where none is needed that is remembered from `oldest` on. There are never more than slots. */
function newRow(track: Track, oldest: number): number {
  if (oldest > track.last) {
    return 0;
  }
  const next = () => (rowAt(track, track.last) + 1) % (track.rows.length / FIGURE_COUNT);
  if (next() === rowAt(track, oldest)) {
    makeRoom(track, oldest);
  }
  return next();
}

/** Twice as many rows, in the order of their age. */
function makeRoom(track: Track, oldest: number): void {
  const { rows, rowOf, last } = track;
  const count = rows.length / FIGURE_COUNT;
  const start = rowAt(track, oldest);
  track.rows = new Float32Array(Math.min(2 * count, SLOTS) * FIGURE_COUNT);
  track.rows.set(rows.subarray(start * FIGURE_COUNT));
  track.rows.set(rows.subarray(0, start * FIGURE_COUNT), (count - start) * FIGURE_COUNT);
  for (let slot = oldest; slot <= last; slot += 1) {
    rowOf[slot % SLOTS] = (rowAt(track, slot) - start + count) % count;
  }
}
