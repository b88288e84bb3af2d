import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { run } from './command.ts';

/** What every folder made by the tests is called, so that the check for leftovers knows them. */
export const workDirPrefix = 'nsview-test-';

/** A new empty folder for one test file or lane. */
export function makeWorkDir(): string {
  return mkdtempSync(path.join(os.tmpdir(), workDirPrefix));
}

/** Unmounts whatever is still mounted below the folder, deepest first, and removes the folder. */
export async function removeWorkDir(workDir: string): Promise<void> {
  const mountPoints = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((mountPoint) => mountPoint.startsWith(`${workDir}/`));
  for (const mountPoint of mountPoints.reverse()) await run('umount', '-l', mountPoint).catch(() => undefined);
  rmSync(workDir, { recursive: true, force: true });
}
