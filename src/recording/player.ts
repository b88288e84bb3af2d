import { buildSnapshot, snapshotInSteps } from '../model/build-snapshot.ts';
import { copyHistory, createHistory, type History, record } from '../model/history/history.ts';
import { SLOTS } from '../model/history/track.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { Steps } from '../model/steps.ts';
import type { Recording } from './read-recording.ts';

/** What is to be seen at a place, without what led to it: rates are those since the sample before. */
export function snapshotAt(recording: Recording, index: number): Snapshot {
  const before = index === 0 ? null : recording.at(index - 1);
  return buildSnapshot(recording.at(index), before);
}

/** How far to go: by samples, by time, or to one end. */
export type Jump = { readonly samples: number } | { readonly ms: number } | 'start' | 'end';

/** A place in a recording: what the dashboard shows there, and the history that leads to it. */
export type Scene = { readonly index: number; readonly snapshot: Snapshot; readonly history: History };

const HISTORY_US = SLOTS * 1_000_000;

/** A scene is kept at every so manyth sample, and so many of them: a step back must not go through ten minutes again. */
const SAMPLES_PER_KEPT = 20;
const KEPT_SCENES = 4;
/** With more containers their histories would take too much. */
const MOST_TRACKS_KEPT = 300;

/** The way to any place of a recording: from the nearest scene before it, else through the ten minutes before. */
export type Scenes = { at(index: number): Steps<Scene> };

export function openScenes(recording: Recording): Scenes {
  const { moments } = recording;
  const timeOf = (place: number): number => moments[place]?.monotonicUs ?? 0;
  let last: Scene | null = null;
  let kept: readonly Scene[] = [];

  function nearest(index: number): Scene | null {
    const before = [...kept, ...(last === null ? [] : [last])]
      .filter((scene) => scene.index <= index && timeOf(index) - timeOf(scene.index) <= HISTORY_US)
      .toSorted((a, b) => b.index - a.index)[0];
    // A kept scene must stay as it is.
    return before === undefined || before === last ? (before ?? null) : copyScene(before);
  }

  function firstWithin(index: number): number {
    const first = placeAt(recording, timeOf(index) - HISTORY_US);
    return timeOf(index) - timeOf(first) <= HISTORY_US ? first : first + 1;
  }

  function keep(scene: Scene): void {
    if (scene.index % SAMPLES_PER_KEPT === 0 && scene.history.tracks.size <= MOST_TRACKS_KEPT) {
      const others = kept.filter(({ index }) => index !== scene.index);
      kept = [...others, copyScene(scene)].slice(-KEPT_SCENES);
    }
  }

  function* at(index: number): Steps<Scene> {
    const from = nearest(index);
    if (from?.index === index) {
      last = from;
      return from;
    }
    const history = from?.history ?? createHistory();
    let place = from === null ? firstWithin(index) : from.index + 1;
    let before = place === 0 ? null : recording.at(place - 1);
    // Given away, or built upon, before it is whole.
    last = null;
    for (;;) {
      const sample = recording.at(place);
      const snapshot = yield* snapshotInSteps(sample, before);
      record(history, snapshot);
      if (index - place <= SAMPLES_PER_KEPT * KEPT_SCENES) {
        keep({ index: place, snapshot, history });
      }
      if (place >= index) {
        last = { index, snapshot, history };
        return last;
      }
      before = sample;
      place += 1;
      yield;
    }
  }

  return { at };
}

function copyScene(scene: Scene): Scene {
  return { ...scene, history: copyHistory(scene.history) };
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
