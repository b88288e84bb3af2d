import { readdirSync } from 'node:fs';

/** The names in a directory; none where it is missing, or may not be read. */
export function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
