import { setTimeout } from 'node:timers/promises';
import { cgroupFiles } from '../cgroups/cgroup-files.ts';
import { setFrozen } from '../cgroups/freeze.ts';
import { killAll } from '../cgroups/group-processes.ts';
import { isRunning } from '../state/process-ref.ts';
import type { Store } from '../state/store.ts';
import { groupsOf, isUp, type OwnContainer, readContainer } from './own-container.ts';
import { called, RequestFailed } from './request-failed.ts';

const FIRST_PAUSE_MS = 5;
const LONGEST_PAUSE_MS = 100;

/** SIGKILL takes effect at once, but for a process in uninterruptible sleep. */
const KILL_MS = 10_000;

const SIGKILL = 9;

/**
 * Waits until the container's helper is gone, with all that it takes down: groups, mounts, links. False: `timeoutMs`
 * passed first. A start by another process counts as up.
 */
export async function awaitEnd(store: Store, id: string, timeoutMs: number): Promise<boolean> {
  const until = performance.now() + timeoutMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const container = readContainer(store, id);
    if (container === null || !container.attended || container.status === 'removing') {
      return true;
    }
    if (performance.now() >= until) {
      return false;
    }
    await setTimeout(Math.min(pause, Math.max(1, until - performance.now())));
  }
}

/** Sends a signal to the container's first process. */
export async function signalContainer(container: OwnContainer, signal: number): Promise<void> {
  const { init } = container.state;
  if (!isUp(container) || init === null || !isRunning(init)) {
    throw new RequestFailed(called(container.config.name), 'it is not running');
  }
  try {
    process.kill(init.pid, signal);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ESRCH') {
      throw new RequestFailed(called(container.config.name), 'it is not running');
    }
    throw new RequestFailed(called(container.config.name), `it may not be signalled (${code})`, 'Run it as root.');
  }
  if (container.status === 'paused' && signal === SIGKILL) {
    await setFrozen(cgroupFiles, container.config.groups, false);
  }
}

/** False: nothing of it runs that could be signalled. */
async function trySignal(container: OwnContainer, signal: number): Promise<boolean> {
  try {
    await signalContainer(container, signal);
    return true;
  } catch (error) {
    if (error instanceof RequestFailed && error.remedy === null) {
      return false;
    }
    throw error;
  }
}

/**
 * The stop signal, then SIGKILL once the time is over: docker-stop(1). A frozen container is let go on, for it must hear
 * the signal. One that is not running is stopped already.
 */
export async function stopContainer(
  store: Store,
  container: OwnContainer,
  signal: number,
  timeoutSeconds: number,
): Promise<void> {
  if (!isUp(container)) {
    return;
  }
  if (!(await trySignal(container, signal))) {
    // It has ended or only starts.
    await killContainer(store, readContainer(store, container.id) ?? container);
    return;
  }
  if (container.status === 'paused') {
    await setFrozen(cgroupFiles, container.config.groups, false);
  }
  if (!(await awaitEnd(store, container.id, timeoutSeconds * 1000))) {
    await killContainer(store, container);
  }
}

/** Ends every process of it, whatever it is doing. */
export async function killContainer(store: Store, container: OwnContainer): Promise<void> {
  await setFrozen(cgroupFiles, container.config.groups, false);
  await trySignal(container, SIGKILL);
  if (!(await awaitEnd(store, container.id, KILL_MS))) {
    await killAll(groupsOf(container));
    if (!(await awaitEnd(store, container.id, KILL_MS))) {
      throw new RequestFailed(
        called(container.config.name),
        'a process of it does not end',
        'It waits for a device or a file system.',
      );
    }
  }
}
