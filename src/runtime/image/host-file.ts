import { readFileSync, realpathSync, statSync } from 'node:fs';

/** A file of the host that went into an image: when any of this differs the image is of another host. */
export type HostFile = {
  /** Links resolved. */
  readonly path: string;
  readonly bytes: number;
  /** Modification time; a number of 64 bits, so as text. */
  readonly changedNs: string;
  readonly inode: number;
};

/** Null where it is missing, no plain file, or may not be read. */
export function readHostFile(path: string): { readonly file: HostFile; readonly content: Buffer } | null {
  try {
    const file = describe(realpathSync(path));
    return file === null ? null : { file, content: readFileSync(file.path) };
  } catch {
    return null;
  }
}

/** Whether it is what it was. */
export function isUnchanged(file: HostFile): boolean {
  try {
    const now = describe(file.path);
    return now?.bytes === file.bytes && now.changedNs === file.changedNs && now.inode === file.inode;
  } catch {
    return false;
  }
}

function describe(path: string): HostFile | null {
  const stat = statSync(path, { bigint: true });
  return stat.isFile()
    ? { path, bytes: Number(stat.size), changedNs: String(stat.mtimeNs), inode: Number(stat.ino) }
    : null;
}

/** Where programs are, wherever else the one who asks looks first: so that everybody's image is the same. */
const USUAL = ['/usr/bin', '/bin', '/usr/sbin', '/sbin', '/usr/local/bin', '/usr/local/sbin'];

/** Directories of programs: the usual ones, then those of this environment. */
export function programDirectories(path: string | undefined): readonly string[] {
  const own = (path ?? '').split(':').filter((directory) => directory.startsWith('/'));
  return [...new Set([...USUAL, ...own])];
}
