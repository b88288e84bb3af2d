import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a directory and those above it where they are missing; of those that are there only a directory will do. Not by
 * Node's own `recursive`: below /proc, where a missing directory can never be made, that does not return, and a
 * read-only file system it calls a missing directory. Throws what mkdir(2) says.
 */
export function makeDirectories(directory: string, mode: number): void {
  try {
    makeOne(directory, mode);
  } catch (error) {
    const above = dirname(directory);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || above === directory) {
      throw error;
    }
    makeDirectories(above, mode);
    makeOne(directory, mode);
  }
}

function makeOne(directory: string, mode: number): void {
  try {
    mkdirSync(directory, { mode });
  } catch (error) {
    const there = (error as NodeJS.ErrnoException).code === 'EEXIST';
    if (!there || statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) {
      throw error;
    }
  }
}
