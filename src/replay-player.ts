import { type Jump, placeAfter, placeAt, type Scene, type Scenes } from './recording/player.ts';
import type { Recording } from './recording/read-recording.ts';
import { stepsInTurns, whileWanted } from './steps-in-turns.ts';
import type { DashboardPorts, Seek } from './ui/ports.ts';

/** Faster than this nobody sees what changes: several samples are passed at once. */
const SHORTEST_TICK_MS = 50;

/** With no more samples on the way than this, a jump waits for the history: it would only flicker. */
const NEAR_SAMPLES = 3;

type Listener = Parameters<DashboardPorts['subscribe']>[0];
type SeekListener = (seek: Seek | null) => void;

/**
 * Plays from a place on at the pace of the samples; one way at a time, and the last one asked for next. A jump shows the
 * sample first and its history afterwards, which the next jump cuts short; meanwhile it does not play. `first`: without
 * its history.
 */
export function openPlayer(recording: Recording, scenes: Scenes, first: Scene) {
  const listeners = new Set<Listener>();
  const seekListeners = new Set<SeekListener>();
  const { moments } = recording;
  let scene = first;
  /** Whether the scene has the history that leads to it. */
  let whole = false;
  let aim = first.index;
  let sought = false;
  let going = false;
  let closed = false;
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
    while (!closed && (aim !== scene.index || !whole)) {
      await goOnce(aim);
    }
    going = false;
    if (sought) {
      sought = false;
      here();
    }
    schedule();
  }

  async function goOnce(goal: number): Promise<void> {
    const isFar = scenes.distance(goal) > NEAR_SAMPLES;
    if (isFar && sought && goal !== scene.index) {
      tell('sample');
      show(await stepsInTurns(scenes.glimpse(goal)), false);
    }
    const wanted = () => !closed && (aim === goal || !isFar);
    let percent = -1;
    const told = (share: number) => {
      const next = Math.floor(share * 100);
      if (next !== percent) {
        percent = next;
        tell({ historyPercent: percent });
      }
    };
    const reached = await stepsInTurns(whileWanted(wanted, scenes.at(goal, isFar && sought ? told : undefined)));
    if (reached === null) {
      // The history that is shown may be the one that was gone on with.
      whole = false;
      return;
    }
    tell(null);
    show(reached, true);
  }

  function show(next: Scene, isWhole: boolean): void {
    scene = next;
    whole = isWhole;
    for (const listener of closed ? [] : listeners) {
      listener(scene.snapshot, scene.history);
    }
  }

  function tell(seek: Seek | null): void {
    for (const listener of closed ? [] : seekListeners) {
      listener(seek);
    }
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

  function seek(index: number): void {
    aim = index;
    sought = true;
    here();
    go(index).catch(failure.reject);
  }

  return {
    /** A sample that cannot be read. */
    failed: failure.promise,
    subscribe(listener: Listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onSeek(listener: SeekListener) {
      seekListeners.add(listener);
    },
    setFrozen,
    start() {
      frozen = false;
      seek(first.index);
    },
    setSpeed(factor: number) {
      speed = factor;
      here();
      schedule();
    },
    jump(by: Jump) {
      frozen ||= typeof by === 'object' && 'samples' in by;
      seek(placeAfter(recording, aim, by));
    },
    close() {
      closed = true;
      frozen = true;
      clearTimeout(timer);
    },
  };
}
