import { chmodSync, lstatSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { StateFailure } from '../state/state-failure.ts';
import { ownMounts } from './own-mounts.ts';

/**
 * Links are removed, never followed; somebody else may be removing the same. Where something is mounted in it, which is
 * another's, nothing of it goes.
 */
export function removeTree(directory: string): void {
  try {
    if (isMountedIn(directory)) {
      throw Object.assign(new Error(directory), { code: 'EBUSY' });
    }
    rmSync(directory, { recursive: true, force: true });
    return;
  } catch (error) {
    if (lstatSync(directory, { throwIfNoEntry: false }) === undefined) {
      return;
    }
    if ((error as NodeJS.ErrnoException).code !== 'EACCES') {
      throw StateFailure.of(directory, error);
    }
  }
  try {
    // Only root looks into directories without rights, and overlay's own work directory has none.
    openDirectories(directory);
    rmSync(directory, { recursive: true, force: true });
  } catch (error) {
    throw StateFailure.of(directory, error);
  }
}

function isMountedIn(directory: string): boolean {
  if (lstatSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) {
    return false;
  }
  const top = realpathSync(directory);
  return ownMounts().some(({ target }) => `${target}/`.startsWith(`${top}/`));
}

function openDirectories(directory: string): void {
  chmodSync(directory, 0o700);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) {
      openDirectories(`${directory}/${entry.name}`);
    }
  }
}
