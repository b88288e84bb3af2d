import type { Snapshot } from '../snapshot.ts';
import { FIGURE_COUNT, FIGURES, type Figure, fillSlot, type Throttled, throttledOf } from './figures.ts';

/** Seconds that are remembered, one slot each. */
export const SLOTS = 600;

/** Making the tracks of a thousand containers at once takes 50 ms, in which keys would wait. */
const NEW_TRACKS = 150;

/** What one container's history takes, whatever happens to it: 600 slots of 16 figures of 4 bytes, 38,400 bytes. */
export const TRACK_BYTES = SLOTS * FIGURE_COUNT * Float32Array.BYTES_PER_ELEMENT;

/**
 * One sample stands for the seconds since the one before it, as its rates do: at a slow pace the slots between are its
 * own too. Longer than this nobody looked: that is a gap.
 */
const LONGEST_STRETCH = 61;

/** Rates over less than this are of chance more than of the container: such a sample only moves the clock. */
const SHORTEST_US = 150_000;

/** The last ten minutes of one container: a ring of slots, from `first` to `last`, which are seconds of the history. */
export type Track = {
  readonly values: Float32Array;
  readonly first: number;
  last: number;
  throttled: Throttled | null;
};

/** Of all containers that are there. Its clock is the sum of the intervals, so that setting the time moves nothing. */
export type History = { clockUs: number; recordedUs: number; readonly tracks: Map<string, Track> };

export function createHistory(): History {
  return { clockUs: 0, recordedUs: 0, tracks: new Map() };
}

/** A history that goes on by itself. */
export function copyHistory({ clockUs, recordedUs, tracks }: History): History {
  const copies = [...tracks].map(([id, track]) => [id, { ...track, values: track.values.slice() }] as const);
  return { clockUs, recordedUs, tracks: new Map(copies) };
}

/**
 * Writes a snapshot into the history, in place: snapshots in the order in which they were taken, each once. A container
 * that is no longer there is forgotten. Of several samples within one second the last one stays. Of many new containers some
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
    if (known === undefined && room === 0) {
      continue;
    }
    room -= known === undefined ? 1 : 0;
    const track = known ?? newTrack(history, container.id, slot);
    const now = throttledOf(container);
    fillSlot(track.values, placeOf(slot), {
      container,
      rates: rates[container.id],
      before: track.throttled,
      now,
      sinceUs,
    });
    stretch(track, slot);
    track.last = slot;
    track.throttled = now;
  }
  forgetOthers(history, slot);
}

function newTrack({ tracks }: History, id: string, slot: number): Track {
  const track = { values: new Float32Array(SLOTS * FIGURE_COUNT), first: slot, last: slot, throttled: null };
  tracks.set(id, track);
  return track;
}

/** The slots between the last sample and this one: its own, or a gap. */
function stretch({ values, last }: Track, slot: number): void {
  const at = placeOf(slot);
  const isGap = slot - last > LONGEST_STRETCH;
  for (let between = Math.max(last + 1, slot - SLOTS + 1); between < slot; between += 1) {
    const place = placeOf(between);
    if (isGap) {
      values.fill(Number.NaN, place, place + FIGURE_COUNT);
    } else {
      values.copyWithin(place, at, at + FIGURE_COUNT);
    }
  }
}

/** Those that were not written just now. */
function forgetOthers({ tracks }: History, slot: number): void {
  for (const [id, { last }] of tracks) {
    if (last !== slot) {
      tracks.delete(id);
    }
  }
}

function placeOf(slot: number): number {
  return (slot % SLOTS) * FIGURE_COUNT;
}

/** A figure at a second of the history; NaN where it is unknown, or out of what is remembered. */
export function figureAt({ values, first, last }: Track, figure: Figure, slot: number): number {
  return slot < first || slot > last || slot <= last - SLOTS
    ? Number.NaN
    : (values[placeOf(slot) + FIGURES[figure]] ?? Number.NaN);
}
