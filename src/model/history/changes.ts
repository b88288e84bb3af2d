import type { Figure } from './figures.ts';
import { figureAt, type Track } from './track.ts';

/** When a figure became another, in seconds of the history: the first in which it was seen so. Infinity is `max`. */
export type Change = { readonly slot: number; readonly from: number; readonly to: number };

/** Those of the last `seconds`, oldest first. Where a figure was unknown in between, that is passed over. */
export function changesOf(track: Track, figure: Figure, seconds: number): readonly Change[] {
  const changes: Change[] = [];
  let from = Number.NaN;
  for (let slot = track.last - seconds; slot <= track.last; slot += 1) {
    const to = figureAt(track, figure, slot);
    if (!Number.isNaN(from) && !Number.isNaN(to) && from !== to) {
      changes.push({ slot, from, to });
    }
    from = Number.isNaN(to) ? from : to;
  }
  return changes;
}
