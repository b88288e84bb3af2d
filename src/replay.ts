import { noActions } from './actions/no-actions.ts';
import { finish } from './model/steps.ts';
import { recordingLoss } from './present/recording-loss.ts';
import { openScenes } from './recording/player.ts';
import type { Recording } from './recording/read-recording.ts';
import { openPlayer } from './replay-player.ts';
import { loadSettings, saveSettings } from './settings.ts';
import { showDashboard } from './show-dashboard.ts';

/** The dashboard over a recording, from one of its samples on. Returns the exit status. */
export async function runReplay(recording: Recording, index: number): Promise<number> {
  const { env, stdin, stdout } = process;
  const { lost, moments } = recording;
  const loss = recordingLoss(lost, moments.length);
  const scenes = openScenes(recording);
  const first = finish(scenes.glimpse(index));
  const player = openPlayer(recording, scenes, first);
  try {
    return await showDashboard(
      {
        initial: first.snapshot,
        history: first.history,
        subscribe: player.subscribe,
        want: () => undefined,
        look: () => null,
        readTree: null,
        intervalMs: ((moments[1]?.monotonicUs ?? 0) - (moments[0]?.monotonicUs ?? 0)) / 1000,
        setInterval: () => undefined,
        setFrozen: player.setFrozen,
        failed: player.failed,
        replay: {
          firstMs: moments[0]?.wallMs ?? 0,
          lastMs: moments.at(-1)?.wallMs ?? 0,
          lost: loss === null ? null : `${loss.lost}: ${loss.left}`,
          jump: player.jump,
          setSpeed: player.setSpeed,
          onSeek: player.onSeek,
        },
        settings: loadSettings(env),
        saveSettings: (settings) => saveSettings(env, settings),
        actions: noActions('this is a recording: nothing can be done to what was there'),
        stdin,
        stdout,
        env,
      },
      player.start,
    );
  } finally {
    player.close();
  }
}
