import { closeSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { bootId, isRunning, processRef } from '../state/process-ref.ts';
import { StateFailure } from '../state/state-failure.ts';
import type { ImagePlaces } from './image-store.ts';

const PATIENCE_MS = 30_000;
const LONGEST_PAUSE_MS = 20;

/**
 * Runs `work` while no other process changes the image store. Who wants to puts a file with its own name into the folder of
 * the lock, and has the lock if nobody else alive is in there then: whoever comes later sees it. Of two who come at once
 * neither has it, and both try again. A file is removed by its owner, or once that has ended: its name never comes back.
 * Node offers no flock(2), and loading what does would cost more than the work.
 */
export function withImageLock<T>({ lock }: ImagePlaces, work: () => T): T {
  const self = `${process.pid}.${processRef(process.pid)?.startTicks ?? 0}.${bootId()}`;
  const end = performance.now() + PATIENCE_MS;
  mkdirSync(lock, { recursive: true, mode: 0o700 });
  while (!take(lock, self)) {
    if (performance.now() > end) {
      throw new StateFailure(lock, 'another process has been changing the images for half a minute', null);
    }
    // Two who wait equally long would meet again.
    const pause = 1 + Math.random() * LONGEST_PAUSE_MS;
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause);
  }
  try {
    return work();
  } finally {
    rmSync(`${lock}/${self}`, { force: true });
  }
}

function take(lock: string, self: string): boolean {
  // Who only waits does not get in the way of others.
  if (isTaken(lock, self)) {
    return false;
  }
  closeSync(openSync(`${lock}/${self}`, 'w', 0o600));
  if (!isTaken(lock, self)) {
    return true;
  }
  rmSync(`${lock}/${self}`, { force: true });
  return false;
}

/** Whether somebody else alive is in there; what others left that have ended is removed. */
function isTaken(lock: string, self: string): boolean {
  const others = readdirSync(lock).filter((name) => name !== self);
  const ended = others.filter((name) => !lives(name));
  for (const name of ended) {
    rmSync(`${lock}/${name}`, { force: true });
  }
  return others.length > ended.length;
}

function lives(name: string): boolean {
  const [pid, startTicks, boot] = name.split('.');
  return boot === bootId() && isRunning({ pid: Number(pid), startTicks: Number(startTicks) });
}
