import { readFileSync } from 'node:fs';

/** A file that the user named, read as it is; null where that fails. */
export function readTextFile(path: string): string | null {
  return readOrErrno(path).text;
}

/** The same, with the errno's name where it fails. */
export function readOrErrno(path: string): { readonly text: string } | { readonly text: null; readonly errno: string } {
  try {
    return { text: readFileSync(path, 'utf8') };
  } catch (error) {
    return { text: null, errno: (error as NodeJS.ErrnoException).code ?? 'EIO' };
  }
}
