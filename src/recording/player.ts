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

/** What a history may lack of its ten minutes, in samples, rather than be made anew. */
const MOST_LACKING = SAMPLES_PER_KEPT * KEPT_SCENES;

/** A scene, the first sample in its history, and whether groups of the host that the sample has were left out of it. */
type Known = Scene & { readonly since: number; readonly lacksGroups: boolean };

/** The ways to any place of a recording. Of those by `at` only the one begun last may be gone on with. */
export type Scenes = {
  /** How many samples lie on the way to a place. */
  distance(index: number): number;
  /** The place at once, with no more history than its own sample. */
  glimpse(index: number): Steps<Scene>;
  /**
   * The place with its history: from the nearest scene before it, else through the ten minutes before. Where that is put
   * down half-way, what was done of it serves the next. `told`: the share of the way that is done, 0 to 1.
   */
  at(index: number, told?: (share: number) => void): Steps<Scene>;
};

export function openScenes(recording: Recording): Scenes {
  const { moments } = recording;
  const timeOf = (place: number): number => moments[place]?.monotonicUs ?? 0;
  let last: Known | null = null;
  let kept: readonly Known[] = [];

  function nearest(index: number): Known | null {
    const first = firstWithin(index);
    const before = [...kept, ...(last === null ? [] : [last])]
      .filter((scene) => scene.index <= index && scene.index >= first && scene.since <= first + MOST_LACKING)
      .toSorted((a, b) => b.index - a.index)[0];
    return before ?? null;
  }

  function firstWithin(index: number): number {
    const first = placeAt(recording, timeOf(index) - HISTORY_US);
    return timeOf(index) - timeOf(first) <= HISTORY_US ? first : first + 1;
  }

  function keep(scene: Known): void {
    if (scene.index % SAMPLES_PER_KEPT === 0 && scene.history.tracks.size <= MOST_TRACKS_KEPT) {
      const others = kept.filter(({ index }) => index !== scene.index);
      kept = [...others, copyScene(scene)].slice(-KEPT_SCENES);
    }
  }

  function distance(index: number): number {
    const from = nearest(index);
    return from === null ? index - firstWithin(index) + 1 : index - from.index;
  }

  function* look(index: number): Steps<Snapshot> {
    const before = index === 0 ? null : recording.at(index - 1);
    return yield* snapshotInSteps(recording.at(index), before);
  }

  function* glimpse(index: number): Steps<Scene> {
    const snapshot = yield* look(index);
    const history = createHistory();
    record(history, snapshot);
    return { index, snapshot, history };
  }

  function* at(index: number, told: (share: number) => void = () => undefined): Steps<Scene> {
    const known = nearest(index);
    // A kept scene must stay as it is.
    const from = known === null || known === last ? known : copyScene(known);
    if (from?.index === index) {
      last = from.lacksGroups ? { ...from, snapshot: yield* look(index), lacksGroups: false } : from;
      return last;
    }
    const history = from?.history ?? createHistory();
    const start = from === null ? firstWithin(index) : from.index + 1;
    const since = from?.since ?? start;
    let place = start;
    let before = place === 0 ? null : recording.at(place - 1);
    for (;;) {
      const sample = recording.at(place);
      // Groups of the host have no history: what is only passed is joined without them.
      const lacksGroups = place !== index && sample.hostGroups !== null;
      const snapshot = yield* snapshotInSteps(lacksGroups ? { ...sample, hostGroups: null } : sample, before);
      record(history, snapshot);
      last = { index: place, snapshot, history, since, lacksGroups };
      if (index - place <= MOST_LACKING) {
        keep(last);
      }
      if (place >= index) {
        return last;
      }
      told((place + 1 - start) / (index + 1 - start));
      before = sample;
      place += 1;
      yield;
    }
  }

  return { distance, glimpse, at };
}

function copyScene(scene: Known): Known {
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
