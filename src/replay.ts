import { noActions } from './actions/no-actions.ts';
import { finish } from './model/steps.ts';
import { type Jump, openScenes, placeAfter, placeAt, type Scene, type Scenes } from './recording/player.ts';
import type { Recording } from './recording/read-recording.ts';
import { loadSettings, saveSettings } from './settings.ts';
import { showDashboard } from './show-dashboard.ts';
import { stepsInTurns } from './steps-in-turns.ts';
import type { DashboardPorts } from './ui/ports.ts';

/** Faster than this nobody sees what changes: several samples are passed at once. */
const SHORTEST_TICK_MS = 50;

type Listener = Parameters<DashboardPorts['subscribe']>[0];

/** The dashboard over a recording, from one of its samples on. Returns the exit status. */
export async function runReplay(recording: Recording, index: number): Promise<number> {
  const { env, stdin, stdout } = process;
  const { moments } = recording;
  const scenes = openScenes(recording);
  const first = finish(scenes.at(index));
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
        replay: {
          firstMs: moments[0]?.wallMs ?? 0,
          lastMs: moments.at(-1)?.wallMs ?? 0,
          jump: player.jump,
          setSpeed: player.setSpeed,
          failed: player.failed,
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

/** Plays at the pace of the samples; one way at a time, and the last one asked for next. */
function openPlayer(recording: Recording, scenes: Scenes, first: Scene) {
  const listeners = new Set<Listener>();
  const { moments } = recording;
  let scene = first;
  let aim = first.index;
  let going = false;
  let frozen = true;
  let speed = 1;
  let timer: NodeJS.Timeout | undefined;
  const failure = Promise.withResolvers<never>();
  /** At this time of ours the recording was at that time of its own. */
  let anchor = { ms: 0, us: 0 };

  async function go(index: number): Promise<void> {
    aim = index;
    clearTimeout(timer);
    if (going) {
      return;
    }
    going = true;
    while (aim !== scene.index) {
      scene = await stepsInTurns(scenes.at(aim));
    }
    going = false;
    for (const listener of listeners) {
      listener(scene.snapshot, scene.history);
    }
    schedule();
  }

  function here(): void {
    anchor = { ms: performance.now(), us: moments[aim]?.monotonicUs ?? 0 };
  }

  function schedule(): void {
    clearTimeout(timer);
    const next = moments[aim + 1];
    if (frozen || next === undefined || going) {
      return;
    }
    const dueMs = anchor.ms + (next.monotonicUs - anchor.us) / 1000 / speed;
    timer = setTimeout(
      () => {
        const nowUs = anchor.us + (performance.now() - anchor.ms) * 1000 * speed;
        go(Math.max(aim + 1, placeAt(recording, nowUs))).catch(failure.reject);
      },
      Math.max(SHORTEST_TICK_MS, dueMs - performance.now()),
    );
  }

  function setFrozen(state: boolean): void {
    frozen = state;
    here();
    schedule();
  }

  return {
    /** A sample that cannot be read. */
    failed: failure.promise,
    subscribe(listener: Listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    setFrozen,
    start: () => setFrozen(false),
    setSpeed(factor: number) {
      speed = factor;
      here();
      schedule();
    },
    jump(by: Jump) {
      frozen ||= typeof by === 'object' && 'samples' in by;
      const index = placeAfter(recording, aim, by);
      aim = index;
      here();
      go(index).catch(failure.reject);
    },
    close() {
      frozen = true;
      clearTimeout(timer);
    },
  };
}
