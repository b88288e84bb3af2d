import { getSystemErrorName } from 'node:util';
import { loadLibrary } from './library.ts';

/** Gives an unnamed file the name `path`, whatever has it; `draft` is a name of the same directory. Throws the system call's error. */
export type PutInPlace = (file: number, draft: string, path: string) => void;

/** Null where the native part is not there. */
export function findPutInPlace(): PutInPlace | null {
  const { library } = loadLibrary();
  return library === null
    ? null
    : (file, draft, path) => {
        const answer = library.putInPlace(file, Buffer.from(`${draft}\0`), Buffer.from(`${path}\0`));
        if (answer < 0) {
          const code = getSystemErrorName(answer);
          throw Object.assign(new Error(`${code}: linkat '${path}'`), { code, errno: answer });
        }
      };
}
