import { snapshotInSteps } from '../model/build-snapshot.ts';
import { createHistory, type History, record, SLOTS } from '../model/history/history.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Steps } from '../model/steps.ts';
import type { Recording } from './read-recording.ts';

/** How far to go: by samples, by time, or to one end. */
export type Jump = { readonly samples: number } | { readonly ms: number } | 'start' | 'end';

/** A place in a recording: what the dashboard shows there, and the history that leads to it. */
export type Scene = { readonly index: number; readonly snapshot: Snapshot; readonly history: History };

const HISTORY_US = SLOTS * 1_000_000;

/** The scene at a place. Forward from `from` where that is near; else the ten minutes before it are gone through again. */
export function* sceneAt({ at, moments }: Recording, index: number, from: Scene | null): Steps<Scene> {
  const timeOf = (place: number): number => moments[place]?.monotonicUs ?? 0;
  const near = from !== null && from.index < index && timeOf(index) - timeOf(from.index) <= HISTORY_US;
  const history = near ? from.history : createHistory();
  let place = near ? from.index + 1 : index;
  while (!near && place > 0 && timeOf(index) - timeOf(place - 1) <= HISTORY_US) {
    place -= 1;
  }
  let before = place === 0 ? null : at(place - 1);
  for (;;) {
    const sample = at(place);
    const snapshot = yield* snapshotInSteps(sample, before);
    record(history, snapshot);
    if (place >= index) {
      return { index, snapshot, history };
    }
    before = sample;
    place += 1;
    yield;
  }
}

/** Where a jump leads. What goes beyond an end stops there. */
export function placeAfter({ moments }: Pick<Recording, 'moments'>, index: number, jump: Jump): number {
  const last = moments.length - 1;
  if (typeof jump === 'string') {
    return jump === 'start' ? 0 : last;
  }
  if ('samples' in jump) {
    return Math.min(last, Math.max(0, index + jump.samples));
  }
  return placeAt({ moments }, (moments[index]?.monotonicUs ?? 0) + jump.ms * 1000);
}

/** The last sample taken at or before a time of CLOCK_MONOTONIC, else the first. */
export function placeAt({ moments }: Pick<Recording, 'moments'>, monotonicUs: number): number {
  let low = 0;
  let high = moments.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if ((moments[middle]?.monotonicUs ?? 0) <= monotonicUs) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}
