/** What keeps the runtime from its own files: one line for people, and the remedy. */
export class StateFailure extends Error {
  readonly what: string;
  readonly why: string;
  readonly remedy: string | null;

  constructor(what: string, why: string, remedy: string | null = null) {
    super(`${what}: ${why}`);
    this.name = 'StateFailure';
    this.what = what;
    this.why = why;
    this.remedy = remedy;
  }

  /** Of a failed call of Node's fs. */
  static of(what: string, error: unknown): StateFailure {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined || error instanceof StateFailure) {
      throw error;
    }
    const [why, remedy] = REASONS[code] ?? ['it cannot be written', null];
    return new StateFailure(what, `${why} (${code})`, remedy);
  }
}

const REASONS: { readonly [code: string]: readonly [string, string | null] } = {
  EACCES: ['it may not be written', 'Run it as root, or name a folder of your own with --root DIR.'],
  EPERM: ['it may not be written', 'Run it as root, or name a folder of your own with --root DIR.'],
  EROFS: ['its file system is read-only', 'Name another folder with --root DIR.'],
  ENOSPC: ['the disk is full', 'Make room, or name a folder on another disk with --root DIR.'],
  EDQUOT: ['the disk quota is used up', 'Make room, or name a folder on another disk with --root DIR.'],
  ENOENT: ['it is missing and cannot be made there', 'Name another one with --root DIR.'],
  ENOTDIR: ['it is no folder', 'Name another one with --root DIR.'],
  EEXIST: ['it is no folder', 'Name another one with --root DIR.'],
  EBUSY: ['something is mounted in it', 'Unmount that first.'],
  EMFILE: ['too many files are open', 'Raise the limit: ulimit -n 1024.'],
};
