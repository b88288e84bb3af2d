import { statSync } from 'node:fs';

/** Why a directory cannot stand for /proc or /sys; null where it can. */
export function rootFault(path: string): string | null {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) {
    return 'no such directory (ENOENT)';
  }
  return found.isDirectory() ? null : 'not a directory (ENOTDIR)';
}
