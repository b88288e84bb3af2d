import { accessSync, closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs';

/** The files of the cgroup tree, as far as the runtime touches them itself. */
export type CgroupFiles = {
  /** Null where there is no such file, or it cannot be read. */
  read(path: string): string | null;
  /** Null: written. Else the errno's name. */
  write(path: string, value: string): string | null;
};

/** Why a file could not be written, as errno's name, told without writing; null: nothing speaks against it. */
export function writeRefusal(path: string): string | null {
  try {
    accessSync(path, constants.W_OK);
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

export const cgroupFiles: CgroupFiles = {
  read(path) {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return null;
    }
  },
  write(path, value) {
    try {
      // For writing alone: cgroup.kill lets nobody but root read.
      const fd = openSync(path, constants.O_WRONLY);
      try {
        writeSync(fd, value);
      } finally {
        closeSync(fd);
      }
      return null;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code ?? String(error);
    }
  },
};
