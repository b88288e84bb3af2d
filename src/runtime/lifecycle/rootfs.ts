import { readdirSync, realpathSync } from 'node:fs';
import { RequestFailed } from './request-failed.ts';
import type { RunRoot } from './run-request.ts';

/** A directory of the host for root. It stays as it is: what the container writes goes to a layer above it. */
export function resolveRootfs(directory: string): RunRoot {
  try {
    const path = realpathSync(directory);
    if (readdirSync(path).length === 0) {
      throw new RequestFailed(`--rootfs ${directory}`, 'the directory is empty');
    }
    return { image: null, layers: [path], defaults: {} };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === undefined) {
      throw error;
    }
    const why =
      code === 'ENOENT'
        ? 'there is no such directory'
        : code === 'ENOTDIR'
          ? 'it is no directory'
          : 'it cannot be read';
    throw new RequestFailed(`--rootfs ${directory}`, `${why} (${code})`);
  }
}
