import { lstatSync, rmSync } from 'node:fs';
import { StateFailure } from '../state/state-failure.ts';

/** Links are removed, never followed; somebody else may be removing the same. */
export function removeTree(directory: string): void {
  try {
    rmSync(directory, { recursive: true, force: true });
  } catch (error) {
    if (lstatSync(directory, { throwIfNoEntry: false }) !== undefined) {
      throw StateFailure.of(directory, error);
    }
  }
}
