import { statSync } from 'node:fs';
import { readTextFile } from './read-text-file.ts';

/**
 * Whether somebody holds a flock(2) on the file, by proc_locks(5): also where the holder is no process that we know of.
 * The device is not compared, since some file systems number it differently there; a file that only shares the number
 * makes this true for as long as it is locked, which spares a container and never ends one.
 */
export function isLockHeld(path: string): boolean {
  const inode = statSync(path, { throwIfNoEntry: false })?.ino;
  return inode !== undefined && new RegExp(`\\bFLOCK .*:${inode} `).test(readTextFile('/proc/locks') ?? '');
}
