import { existsSync, readdirSync } from 'node:fs';
import type { MountSpec } from '../spec.ts';
import { ownMounts } from './own-mounts.ts';
import { RequestFailed } from './request-failed.ts';

/** Where distributions mount lxcfs(8). */
export const LXCFS = '/var/lib/lxcfs';

/**
 * v1 controllers whose groups lxcfs reads beside memory's: it finds the CPU time and the quota by the path of the cpuset,
 * which a container has of its own only where that is asked for.
 */
export const lxcfsControllers: readonly string[] = ['cpuset'];

/** The one file below /sys that it answers for by the groups of who reads. */
const ONLINE = 'sys/devices/system/cpu/online';

type Cover = Extract<MountSpec, { kind: 'cover' }>;

/**
 * Every file that the lxcfs mounted there has of /proc, over the kernel's own, and the CPUs that are online. RequestFailed
 * where there is none, or where its daemon has ended.
 */
export function lxcfsCovers(mountPoint: string): readonly Cover[] {
  if (!isMounted(mountPoint)) {
    throw new RequestFailed(
      '--lxcfs',
      `no lxcfs is mounted at ${mountPoint}`,
      `Start it (systemctl start lxcfs, or lxcfs ${mountPoint}), or say where it is with --lxcfs=DIR.`,
    );
  }
  try {
    return filesOf(mountPoint);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw code === 'ENOTCONN'
      ? new RequestFailed(
          '--lxcfs',
          `the lxcfs mounted at ${mountPoint} has ended: Transport endpoint is not connected (ENOTCONN)`,
          `Unmount what is left of it (umount ${mountPoint}) and start it again.`,
        )
      : new RequestFailed('--lxcfs', `the lxcfs mounted at ${mountPoint} cannot be read (${code})`);
  }
}

/** Whether an lxcfs is mounted there and answers. */
export function hasLxcfs(mountPoint: string): boolean {
  try {
    return lxcfsCovers(mountPoint).length > 0;
  } catch (error) {
    if (error instanceof RequestFailed) {
      return false;
    }
    throw error;
  }
}

/** The last mount at a place is on top. */
function isMounted(mountPoint: string): boolean {
  return ownMounts().findLast(({ target }) => target === mountPoint)?.fsType === 'fuse.lxcfs';
}

/** What the kernel has no file of cannot be covered: since 7.0.0 there is a directory `pressure`. */
function filesOf(mountPoint: string): readonly Cover[] {
  const names = readdirSync(`${mountPoint}/proc`, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory()
      ? readdirSync(`${mountPoint}/proc/${entry.name}`).map((name) => `proc/${entry.name}/${name}`)
      : [`proc/${entry.name}`],
  );
  return [...names.toSorted(), ONLINE]
    .filter((name) => existsSync(`/${name}`) && existsSync(`${mountPoint}/${name}`))
    .map((name) => ({ kind: 'cover', source: `${mountPoint}/${name}`, target: `/${name}` }));
}
