import { readdirSync, rmdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { type CgroupFiles, cgroupFiles } from './cgroup-files.ts';

/** The group and all below it, deepest first; none where it is gone. */
export function groupTree(directory: string): readonly string[] {
  const below = (() => {
    try {
      return readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    } catch {
      return null;
    }
  })();
  return below === null ? [] : [...below.flatMap(({ name }) => groupTree(`${directory}/${name}`)), directory];
}

/** Processes in the group and below it, by our own pid namespace's numbers. */
export function processesIn(directory: string, files: CgroupFiles = cgroupFiles): readonly number[] {
  return groupTree(directory).flatMap((group) => pidsOf(files.read(`${group}/cgroup.procs`) ?? ''));
}

/** A process of another pid namespace than ours is 0 there. */
function pidsOf(text: string): readonly number[] {
  return text
    .split('\n')
    .filter((line) => /^[1-9]\d*$/.test(line))
    .map(Number);
}

/** How often the kernel is asked again while the last process of a group is taken down. */
const TRIES = 50;
const PAUSE_MS = 10;

/**
 * Kills every process in these groups: by `cgroup.kill` where there is one (Linux 5.14), else one by one until none is
 * left, since a process may start others meanwhile. A frozen v1 group must be thawed before.
 */
export async function killAll(directories: readonly string[]): Promise<void> {
  for (let round = 0; round < TRIES; round += 1) {
    const killed = directories.map((directory) => cgroupFiles.write(`${directory}/cgroup.kill`, '1') === null);
    const pids = new Set(directories.flatMap((directory) => processesIn(directory)));
    if (pids.size === 0) {
      return;
    }
    if (!killed.includes(true)) {
      for (const pid of pids) {
        signalQuietly(pid);
      }
    }
    await setTimeout(PAUSE_MS);
  }
}

function signalQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

/** Removes the group and all below it, waiting for what is still being taken down; false: something is in it still. */
export async function removeGroup(directory: string): Promise<boolean> {
  for (let round = 0; round < TRIES; round += 1) {
    const left = groupTree(directory).filter((group) => !removeOne(group));
    if (left.length === 0) {
      return true;
    }
    await setTimeout(PAUSE_MS);
  }
  return false;
}

/** False: something is in it, or it is gone. */
export function removeEmptyGroup(group: string): boolean {
  try {
    rmdirSync(group);
    return true;
  } catch {
    return false;
  }
}

function removeOne(group: string): boolean {
  try {
    rmdirSync(group);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}
