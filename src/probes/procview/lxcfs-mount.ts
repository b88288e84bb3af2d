import type { MountLine } from '../../model/mountinfo.ts';
import type { LxcfsOptions } from '../../model/procview/input.ts';
import { parseLxcfsFlags } from '../../model/procview/options.ts';
import type { LxcfsMount } from '../../model/procview/sample.ts';
import { valueOr } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import { nulSeparated } from '../kernel-text.ts';
import { readMountinfo } from '../proc/mountinfo.ts';

export const LXCFS_TYPE = 'fuse.lxcfs';

/** proc_pid_comm(5) of the daemon. */
const COMM = 'lxcfs\n';

/** What ends every call on a FUSE mount whose daemon is gone. */
const NOT_CONNECTED = 'ENOTCONN';

/** One that root mounted: a container may mount a FUSE of its own under that name, whose daemon could hang us. */
export function isLxcfs({ fsType, superOptions }: MountLine): boolean {
  return fsType === LXCFS_TYPE && superOptions.includes('user_id=0');
}

/**
 * The lxcfs in a container's mounts, null without any. A file of a daemon that hangs would hang us too: while a daemon
 * still has its mount on the host, nothing of it is read.
 */
export function lxcfsMountOf(host: Host, pid: number, mounts: readonly MountLine[]): LxcfsMount | null {
  const mount = mounts.find(isLxcfs);
  if (mount === undefined) {
    return null;
  }
  const daemons = daemonsOf(host);
  const hostMounts = valueOr(readMountinfo(host, 'self'), []);
  const served = hostMounts.some(({ fsType, device }) => fsType === LXCFS_TYPE && device === mount.device);
  const stale = !(served && daemons.length > 0) && isStale(host, pid, mount);
  const [daemon] = stale ? [] : daemons;
  return {
    stale,
    pid: daemon?.pid ?? null,
    options: daemon?.options ?? null,
    release: mounts.some(({ fsType, target }) => fsType === LXCFS_TYPE && target.includes('/pressure'))
      ? '7.0.0'
      : '5.0.3',
  };
}

function isStale(host: Host, pid: number, { target }: MountLine): boolean {
  const read = host.readInside(pid, target, 1);
  return read.status === 'unsupported' && read.code === NOT_CONNECTED;
}

type Daemon = { readonly pid: number; readonly options: LxcfsOptions | null };

/** Looking at every process costs more than all else here. */
const LOOK_AGAIN_US = 10_000_000;

const found = new WeakMap<Host, { readonly atUs: number; readonly daemons: readonly Daemon[] }>();

function daemonsOf(host: Host): readonly Daemon[] {
  const known = found.get(host);
  const atUs = host.monotonicUs();
  const isAlive = ({ pid }: Daemon) => valueOr(host.readText(`/proc/${pid}/comm`, 'gone'), '') === COMM;
  if (known !== undefined && atUs - known.atUs < LOOK_AGAIN_US && known.daemons.every(isAlive)) {
    return known.daemons;
  }
  const daemons = findDaemons(host);
  found.set(host, { atUs, daemons });
  return daemons;
}

function findDaemons(host: Host): readonly Daemon[] {
  const names = valueOr(host.list('/proc', 'gone'), []).filter((name) => /^\d+$/.test(name));
  return names.flatMap((name) => {
    if (valueOr(host.readText(`/proc/${name}/comm`, 'gone'), '') !== COMM) {
      return [];
    }
    const words = nulSeparated(valueOr(host.readText(`/proc/${name}/cmdline`, 'gone'), '')).slice(1);
    const options = parseLxcfsFlags(words);
    return [{ pid: Number(name), options: 'unknown' in options ? null : options }];
  });
}
