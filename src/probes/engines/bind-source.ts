import type { MountLine } from '../../model/mountinfo.ts';
import { valueOr } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import { readMountinfo } from '../proc/mountinfo.ts';

/** A container that shares another's network is given the files of that one: they lie beside its own. */
const DIRECTORY = /^(\/.*)\/containers\/[0-9a-f]{64}\/(?:hostname|hosts|resolv\.conf)$/;

/**
 * Docker's data root as the kernel tells it: what is bound to /etc/hostname, /etc/hosts and /etc/resolv.conf lies in
 * `ROOT/containers/ID`, whoever started the daemon and with what flags. Null where nothing is bound from such a place.
 */
export function boundDataRoot(host: Host, pid: number): string | null {
  for (const mount of valueOr(readMountinfo(host, pid), [])) {
    const root = mount.target.startsWith('/etc/') ? DIRECTORY.exec(mount.root)?.[1] : undefined;
    if (root !== undefined) return pathOn(valueOr(readMountinfo(host, 'self'), []), mount.device, root);
  }
  return null;
}

/** Where a path of one file system is mounted: mountinfo's root field starts at the file system, not at `/`. */
function pathOn(mounts: readonly MountLine[], device: string, path: string): string {
  let best: MountLine | null = null;
  for (const mount of mounts) {
    if (mount.device !== device || !contains(mount.root, path)) continue;
    if (best === null || mount.root.length > best.root.length) best = mount;
  }
  if (best === null) return path;
  const rest = best.root === '/' ? path : path.slice(best.root.length);
  return best.target === '/' ? rest : `${best.target}${rest}`;
}

function contains(root: string, path: string): boolean {
  return root === '/' || path === root || path.startsWith(`${root}/`);
}
