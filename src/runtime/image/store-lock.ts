import { readlinkSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { bootId, isRunning, processRef } from '../state/process-ref.ts';
import { StateFailure } from '../state/state-failure.ts';
import type { ImagePlaces } from './image-store.ts';

const PATIENCE_MS = 30_000;
const PAUSE_MS = 10;

/**
 * Runs `work` while no other process changes the image store. The lock is a link whose target tells who has it, made by
 * one system call; one whose holder has ended counts no more. Node offers no flock(2), and loading what does would cost
 * more than the work.
 */
export function withImageLock<T>({ lock }: ImagePlaces, work: () => T): T {
  const self = processRef(process.pid);
  const holder = `${process.pid} ${self?.startTicks ?? 0} ${bootId()}`;
  const end = performance.now() + PATIENCE_MS;
  while (!take(lock, holder)) {
    removeOrphan(lock);
    if (performance.now() > end) {
      throw new StateFailure(lock, 'another process has been changing the images for half a minute', null);
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
  }
  try {
    return work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function take(lock: string, holder: string): boolean {
  try {
    symlinkSync(holder, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      return false;
    }
    throw error;
  }
}

/** Moved aside first: of several who see an orphan one gets it, and a lock taken meanwhile is given back. */
function removeOrphan(lock: string): void {
  const holder = holderOf(lock);
  if (holder === null || lives(holder)) {
    return;
  }
  const aside = `${lock}.${process.pid}`;
  try {
    renameSync(lock, aside);
    const moved = holderOf(aside);
    if (moved !== null && moved !== holder) {
      take(lock, moved);
    }
  } catch {
    // Somebody else moved it.
  }
  rmSync(aside, { force: true });
}

function holderOf(lock: string): string | null {
  try {
    return readlinkSync(lock);
  } catch {
    return null;
  }
}

function lives(holder: string): boolean {
  const [pid, startTicks, boot] = holder.split(' ');
  return boot === bootId() && isRunning({ pid: Number(pid), startTicks: Number(startTicks) });
}
