import { chmodSync, lstatSync, readdirSync, rmSync } from 'node:fs';
import { StateFailure } from '../state/state-failure.ts';

/** Links are removed, never followed; somebody else may be removing the same. */
export function removeTree(directory: string): void {
  try {
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

function openDirectories(directory: string): void {
  chmodSync(directory, 0o700);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    if (entry.isDirectory()) {
      openDirectories(`${directory}/${entry.name}`);
    }
  }
}
