import type { Container } from '../document/container.ts';
import { isWithoutGroup } from '../lost-group.ts';
import type { Snapshot } from '../snapshot.ts';
import { FIGURE_COUNT, FIGURES, fillRow, throttledOf } from './figures.ts';
import { copyTrack, figureAt, newTrack, remember, type Track } from './track.ts';

/** What is written next: one for all, as a thousand are written at each tick. */
const row = new Float32Array(FIGURE_COUNT);
const stretch = new Float32Array(FIGURE_COUNT);
const unknown = new Float32Array(FIGURE_COUNT).fill(Number.NaN);

const LIMITS = ['cpuLimitCores', 'memoryLimitBytes', 'pidsLimit'] as const;

/** Making the tracks of a thousand containers at once takes 50 ms, in which keys would wait. */
const NEW_TRACKS = 150;

/**
 * One sample stands for the seconds since the one before it, as its rates do: at a slow pace the slots between are its
 * own too. Longer than this nobody looked: that is a gap.
 */
const LONGEST_STRETCH = 61;

/** Rates over less than this are of chance more than of the container: such a sample only moves the clock. */
const SHORTEST_US = 150_000;

/** Of all containers that are there. Its clock is the sum of the intervals, so that setting the time moves nothing. */
export type History = { clockUs: number; recordedUs: number; readonly tracks: Map<string, Track> };

export function createHistory(): History {
  return { clockUs: 0, recordedUs: 0, tracks: new Map() };
}

/** A history that goes on by itself. */
export function copyHistory({ clockUs, recordedUs, tracks }: History): History {
  const copies = [...tracks].map(([id, track]) => [id, copyTrack(track)] as const);
  return { clockUs, recordedUs, tracks: new Map(copies) };
}

/**
 * Writes a snapshot into the history, in place: snapshots in the order in which they were taken, each once. A container
 * that is no longer there, or whose group is not, is forgotten. Of several samples within one second the last one stays. Of many new containers some
 * begin with a later sample.
 */
export function record(history: History, { containers, rates, elapsedUs }: Snapshot): void {
  history.clockUs += elapsedUs ?? 0;
  const sinceUs = history.clockUs - history.recordedUs;
  if (elapsedUs !== null && sinceUs < SHORTEST_US) {
    return;
  }
  history.recordedUs = history.clockUs;
  const slot = Math.floor(history.clockUs / 1_000_000);
  let room = NEW_TRACKS;
  for (const container of containers) {
    const known = history.tracks.get(container.id);
    if (known === undefined ? room === 0 : hasLost(known, container)) {
      continue;
    }
    room -= known === undefined ? 1 : 0;
    const track = known ?? newTrack(slot);
    history.tracks.set(container.id, track);
    const now = throttledOf(container);
    fillRow(row, { container, rates: rates[container.id], before: track.throttled, now, sinceUs });
    writeStretch(track, slot);
    track.throttled = now;
  }
  forgetOthers(history, slot);
}

/** What is unknown of a group that was removed is not its history: whoever looks at it sees how it was last. */
function hasLost(track: Track, container: Container): boolean {
  const wasKnown = (['cpuCores', 'workingSetBytes', 'pids'] as const).some((figure) => {
    return !Number.isNaN(figureAt(track, figure, track.last));
  });
  return wasKnown && isWithoutGroup(container);
}

/**
 * The slots since the last sample up to this one are its own, or there was a gap. That is so of rates and of use; a
 * limit is known to be another one only from this slot on.
 */
function writeStretch(track: Track, slot: number): void {
  const isGap = slot - track.last > LONGEST_STRETCH;
  if (isGap) {
    remember(track, unknown, slot - 1);
  } else if (slot - track.last > 1) {
    stretch.set(row);
    for (const limit of LIMITS) {
      stretch[FIGURES[limit]] = figureAt(track, limit, track.last);
    }
    remember(track, stretch, slot - 1);
  }
  remember(track, row, slot);
}

/** Those that were not written just now. */
function forgetOthers({ tracks }: History, slot: number): void {
  for (const [id, { last }] of tracks) {
    if (last !== slot) {
      tracks.delete(id);
    }
  }
}
