import { closeSync, constants, openSync, unlinkSync, writeSync } from 'node:fs';

/** What stands at the end of a file that was changed. */
const LINE = 'changed through the union\n';

/** user_namespaces(7): a copy would belong to nobody. */
const UNMAPPED = 'it belongs to somebody whom this user namespace does not know';

/** Adds a line to a file of the top of the union. Answers why it is refused, else null. */
export function changeFile(merged: string, name: string): string | null {
  return refusalOf(() => {
    const file = openSync(
      `${merged}/${name}`,
      constants.O_WRONLY | constants.O_APPEND | constants.O_NOFOLLOW | constants.O_NONBLOCK,
    );
    try {
      writeSync(file, LINE);
    } finally {
      closeSync(file);
    }
  });
}

/** Deletes a file of the top of the union. Answers why it is refused, else null. */
export function deleteFile(merged: string, name: string): string | null {
  return refusalOf(() => unlinkSync(`${merged}/${name}`));
}

function refusalOf(write: () => void): string | null {
  try {
    write();
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) {
      throw error;
    }
    return code === 'EOVERFLOW' ? `${UNMAPPED} (${code})` : code;
  }
}
