import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildSnapshot } from '../../src/model/build-snapshot.ts';
import { createHistory, type History, record } from '../../src/model/history/history.ts';
import type { Sample } from '../../src/model/sample.ts';
import { finish } from '../../src/model/steps.ts';
import { openScenes, placeAfter, placeAt } from '../../src/recording/player.ts';
import { openRecording, type Recording } from '../../src/recording/read-recording.ts';
import { createRecording } from '../../src/recording/write-recording.ts';
import { loadTree } from '../support/memory-host.ts';
import { samplesOf } from '../support/recorded.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const COUNT = 660;

let dir: string;
let samples: readonly Sample[];
let recording: Recording;
beforeAll(() => {
  dir = makeWorkDir();
  samples = samplesOf(loadTree('kubernetes-cgroupfs'), COUNT, 'none');
  const file = path.join(dir, 'samples');
  const writer = createRecording(file, { maxBytes: 1024 ** 3, scrubbed: false, putInPlace: null });
  for (const sample of samples) writer.append(sample);
  writer.close();
  recording = openRecording(file);
});
afterAll(() => {
  recording.close();
  return removeWorkDir(dir);
});

/** The history of a dashboard that had been open since the first sample. */
function watched(index: number): History {
  const history = createHistory();
  for (let place = 0; place <= index; place += 1) {
    record(history, buildSnapshot(samples[place] as Sample, samples[place - 1] ?? null));
  }
  return history;
}

describe('a place in a recording', () => {
  it.each([[[3, 4, 9]], [[650, 2]], [[40, 649, 648, 659]]])('by way of %j shows what was seen then', (places) => {
    const scenes = openScenes(recording);
    for (const index of places) {
      const scene = finish(scenes.at(index));
      expect(scene.index).toBe(index);
      expect(scene.snapshot).toEqual(buildSnapshot(samples[index] as Sample, samples[index - 1] ?? null));
      // Ten minutes of it, or from the start.
      const [track] = scene.history.tracks.values();
      expect((track?.last ?? 0) - (track?.first ?? 0)).toBeGreaterThanOrEqual(Math.min(index, 599));
    }
  });

  it('has the same history as if one had looked all the time', () => {
    const scenes = openScenes(recording);
    for (const index of [200, 199, 130, 150, 150]) {
      expect(finish(scenes.at(index)).history).toEqual(watched(index));
    }
  });
});

describe('a place that was only passed', () => {
  it('has the groups of the host when one returns to it', () => {
    const scenes = openScenes(recording);
    finish(scenes.at(45));
    const { snapshot } = finish(scenes.at(40));
    expect(snapshot.hostGroups).not.toBeNull();
    expect(snapshot).toEqual(buildSnapshot(samples[40] as Sample, samples[39] ?? null));
  });

  it('is not joined again where its recording has none', () => {
    const bare: Recording = { ...recording, at: (index) => ({ ...recording.at(index), hostGroups: null }) };
    const scenes = openScenes(bare);
    finish(scenes.at(45));
    const first = finish(scenes.at(40)).snapshot;
    expect(first.hostGroups).toBeNull();
    finish(scenes.at(45));
    expect(finish(scenes.at(40)).snapshot).toBe(first);
  });
});

describe('a jump', () => {
  it.each([
    [10, { samples: 1 }, 11],
    [10, { samples: -1 }, 9],
    [0, { samples: -1 }, 0],
    [COUNT - 1, { samples: 1 }, COUNT - 1],
    [100, { ms: 60_000 }, 160],
    [100, { ms: -60_000 }, 40],
    [30, { ms: -60_000 }, 0],
    [100, 'start', 0],
    [100, 'end', COUNT - 1],
  ] as const)('from %j by %j leads to %j', (index, jump, place) => {
    expect(placeAfter(recording, index, jump)).toBe(place);
  });

  it('to a time finds the last sample before it', () => {
    const { moments } = recording;
    fc.assert(
      fc.property(fc.integer({ min: -5_000_000, max: COUNT * 1_000_000 }), (us) => {
        const time = (moments[0]?.monotonicUs ?? 0) + us;
        expect(placeAt(recording, time)).toBe(
          Math.max(
            0,
            moments.findLastIndex(({ monotonicUs }) => monotonicUs <= time),
          ),
        );
      }),
    );
  });
});
