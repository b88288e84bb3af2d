import { readFileSync } from 'node:fs';

/** A file that the user named, read as it is; null where that fails. */
export function readTextFile(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}
