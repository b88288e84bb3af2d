import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { finish } from '../src/model/steps.ts';
import { openScenes, type Scenes } from '../src/recording/player.ts';
import { openRecording, type Recording } from '../src/recording/read-recording.ts';
import { createRecording } from '../src/recording/write-recording.ts';
import { openPlayer } from '../src/replay-player.ts';
import type { Seek } from '../src/ui/ports.ts';
import { loadTree } from './support/memory-host.ts';
import { samplesOf } from './support/recorded.ts';
import { makeWorkDir, removeWorkDir } from './support/work-dir.ts';

const COUNT = 500;

let dir: string;
let recording: Recording;
beforeAll(() => {
  dir = makeWorkDir();
  const file = path.join(dir, 'samples');
  const writer = createRecording(file, { maxBytes: 1024 ** 3, scrubbed: false, putInPlace: null });
  for (const sample of samplesOf(loadTree('kubernetes-cgroupfs'), COUNT, 'none')) writer.append(sample);
  writer.close();
  recording = openRecording(file);
});
afterAll(() => {
  recording.close();
  return removeWorkDir(dir);
});

type Shown = { readonly index: number; readonly seconds: number };

/** A player that does not play, what it showed, and how many samples were gone through for that. */
function watch(first: number, onSeek: (seek: Seek | null, shown: readonly Shown[]) => void) {
  const scenes = openScenes(recording);
  let steps = 0;
  const counted: Scenes = {
    ...scenes,
    *at(index, told = () => undefined) {
      return yield* scenes.at(index, (share) => {
        steps += 1;
        told(share);
      });
    },
  };
  const player = openPlayer(recording, counted, finish(scenes.glimpse(first)));
  const shown: Shown[] = [];
  player.subscribe((snapshot, history) => {
    const [track] = history?.tracks.values() ?? [];
    const index = recording.moments.findIndex(({ wallMs }) => wallMs === snapshot.atMs);
    shown.push({ index, seconds: (track?.last ?? 0) - (track?.first ?? 0) });
  });
  const seeks: (Seek | null)[] = [];
  const done = new Promise<void>((resolve) => {
    player.onSeek((seek) => {
      seeks.push(seek);
      onSeek(seek, shown);
      // The scene comes right after.
      if (seek === null) queueMicrotask(resolve);
    });
  });
  player.setFrozen(true);
  return { player, shown, seeks, done, steps: () => steps };
}

it('shows the place before the history that leads to it', async () => {
  const { player, shown, seeks, done } = watch(0, () => undefined);
  player.jump({ samples: 450 });
  await done;
  player.close();
  expect(shown).toEqual([
    { index: 450, seconds: 0 },
    { index: 450, seconds: 450 },
  ]);
  const percents = seeks.flatMap((seek) => (seek === null || seek === 'sample' ? [] : [seek.historyPercent]));
  expect(seeks[0]).toBe('sample');
  expect(percents.length).toBeGreaterThan(50);
  expect(percents).toEqual(percents.toSorted((a, b) => a - b));
});

it('leaves the history at the next jump, and goes on with what was done of it', async () => {
  let jumped = false;
  const { player, shown, done, steps } = watch(0, (seek) => {
    if (!jumped && typeof seek === 'object' && seek !== null && seek.historyPercent >= 50) {
      jumped = true;
      player.jump({ samples: 49 });
    }
  });
  player.jump({ samples: 450 });
  await done;
  player.close();
  expect(shown).toEqual([
    { index: 450, seconds: 0 },
    { index: 499, seconds: 0 },
    { index: 499, seconds: 499 },
  ]);
  expect(steps()).toBeLessThanOrEqual(COUNT);
});

it('rebuilds the history of the place it begins at', async () => {
  const { player, shown, done } = watch(400, () => undefined);
  player.start();
  await done;
  player.close();
  expect(shown).toEqual([{ index: 400, seconds: 400 }]);
});

it('reads no more once it is closed', async () => {
  const { player, seeks, steps } = watch(400, (seek) => {
    if (seek !== null) player.close();
  });
  player.start();
  await new Promise((resolve) => setTimeout(resolve));
  expect(seeks).toEqual([{ historyPercent: 0 }]);
  expect(steps()).toBe(1);
});
