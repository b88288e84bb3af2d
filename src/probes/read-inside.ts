import type { MountLine } from '../model/mountinfo.ts';
import { type Failure, flatMapReading, type Reading } from '../model/reading.ts';
import type { Host } from './host.ts';
import { readMountinfo } from './proc/mountinfo.ts';

/** What a refused file's code is: a daemon answers for it, and one that hangs would hang us. */
export const FUSE = 'FUSE';

/** path_resolution(7): as many links as the kernel follows. */
const MAX_LINKS = 40;

/**
 * Host.readInside of a file that only the kernel answers for: a path that crosses a FUSE mount (fuse(4)) of the
 * process, itself or by a link, is `unsupported` with the code `FUSE`. `known`: its mounts, where they were read already.
 */
export function readInside(
  host: Host,
  pid: number,
  path: string,
  maxBytes: number,
  known: readonly MountLine[] | null = null,
): Reading<string> {
  const table: Reading<readonly MountLine[]> =
    known === null ? readMountinfo(host, pid) : { status: 'ok', value: known };
  return flatMapReading(table, (mounts) => {
    const served = mounts.filter(({ fsType }) => isFuse(fsType)).map(({ target }) => target);
    const crossed = served.length === 0 ? null : crossing(host, `/proc/${pid}/root`, path, served);
    return crossed ?? host.readInside(pid, path, maxBytes);
  });
}

/** `fuse`, `fuseblk`, `fuse.sshfs`; the kernel's own table of connections is none. */
export function isFuse(fsType: string): boolean {
  return fsType.startsWith('fuse') && fsType !== 'fusectl';
}

/** Goes down component by component, none of which is looked at before it is known whose it is. */
function crossing(host: Host, root: string, path: string, served: readonly string[]): Failure | null {
  const refused = (code: string): Failure => ({ status: 'unsupported', path: `${root}${path}`, code });
  if (served.includes('/')) {
    return refused(FUSE);
  }
  const pending = path.split('/').reverse();
  const at: string[] = [];
  for (let links = 0; pending.length > 0; ) {
    const name = pending.pop() ?? '';
    if (name === '..') {
      at.pop();
    }
    if (name === '' || name === '.' || name === '..') {
      continue;
    }
    const here = `/${[...at, name].join('/')}`;
    if (served.includes(here)) {
      return refused(FUSE);
    }
    const link = host.readLink(`${root}${here}`, 'unsupported');
    if (link.status !== 'ok') {
      at.push(name);
      continue;
    }
    links += 1;
    if (links > MAX_LINKS) {
      return refused('ELOOP');
    }
    if (link.value.startsWith('/')) {
      at.length = 0;
    }
    pending.push(...link.value.split('/').reverse());
  }
  return null;
}
