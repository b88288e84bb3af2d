import type { MountLine } from '../../model/mountinfo.ts';
import { valueOr } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import { readMountinfo } from '../proc/mountinfo.ts';

/**
 * The directory `MARKER/ID` on the host from which an engine bound /etc/hostname, /etc/hosts or /etc/resolv.conf into
 * the container: the kernel's own word on where the engine keeps this container, whoever started it and with what
 * flags. Null where nothing is bound from such a directory.
 */
export function boundDirectory(host: Host, pid: number, marker: 'containers' | 'overlay-containers', id: string) {
  const inside = `/${marker}/${id}/`;
  const mounts = valueOr(readMountinfo(host, pid), []);
  const bind = mounts.find((mount) => mount.target.startsWith('/etc/') && mount.root.includes(inside));
  if (bind === undefined) return null;
  const directory = bind.root.slice(0, bind.root.indexOf(inside) + inside.length - 1);
  return pathOn(valueOr(readMountinfo(host, 'self'), []), bind.device, directory);
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
