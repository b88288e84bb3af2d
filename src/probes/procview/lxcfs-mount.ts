import type { MountLine } from '../../model/mountinfo.ts';
import type { LxcfsOptions } from '../../model/procview/input.ts';
import { parseLxcfsFlags } from '../../model/procview/options.ts';
import type { LxcfsMount } from '../../model/procview/sample.ts';
import { type Reading, valueOr } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import { nulSeparated } from '../kernel-text.ts';
import { readMountinfo } from '../proc/mountinfo.ts';
import { readStatus } from '../proc/status.ts';

const LXCFS_TYPE = 'fuse.lxcfs';

/** proc_pid_comm(5) of the daemon. */
const COMM = 'lxcfs\n';

/** What ends every call on a FUSE mount whose daemon is gone. */
const NOT_CONNECTED = 'ENOTCONN';

/** capability(7) CAP_SYS_ADMIN, by its number. */
const SYS_ADMIN = 21n;

/** The lxcfs in a container, and the devices whose files are its. */
export type FoundLxcfs = { readonly mount: LxcfsMount; readonly devices: ReadonlySet<string> };

/**
 * The lxcfs in a container's mounts, null without any. Who may mount a FUSE may call it lxcfs, and its daemon could hang
 * us: it counts where it is the host's, or where nothing in the container can mount. A file of a daemon that hangs would
 * hang us too: while a daemon still has its mount on the host, nothing of it is read.
 */
export function lxcfsMountOf(host: Host, pid: number, mounts: readonly MountLine[]): FoundLxcfs | null {
  const named = mounts.filter(isLxcfs);
  if (named.length === 0) {
    return null;
  }
  const served = servedDevices(host);
  const ours = canMount(host, pid) ? named.filter(({ device }) => served.has(device)) : named;
  const [mount] = ours;
  if (mount === undefined) {
    return null;
  }
  const onHost = served.get(mount.device);
  const daemons = daemonsFor(daemonsOf(host), onHost);
  const stale =
    onHost === undefined
      ? isDead(host.readInside(pid, mount.target, 1))
      : daemons.length === 0 && isDead(host.stat(onHost, 'unsupported'));
  // Of several we do not know which one it is.
  const [daemon] = stale || daemons.length > 1 ? [] : daemons;
  return {
    mount: {
      stale,
      pid: daemon?.pid ?? null,
      options: daemon?.options ?? null,
      release: ours.some(({ target }) => target.includes('/pressure')) ? '7.0.0' : '5.0.3',
    },
    devices: new Set(ours.map(({ device }) => device)),
  };
}

/** One that root mounted, as its own user namespace calls it. */
export function isLxcfs({ fsType, superOptions }: MountLine): boolean {
  return fsType === LXCFS_TYPE && superOptions.includes('user_id=0');
}

/** Every lxcfs that is mounted on the host, where we are and where its first process is: its place by its device. */
function servedDevices(host: Host): ReadonlyMap<string, string> {
  const places = [
    { who: 'self', root: '' },
    { who: 1, root: '/proc/1/root' },
  ] as const;
  return new Map(
    places.flatMap(({ who, root }) =>
      valueOr(readMountinfo(host, who), [])
        .filter(isLxcfs)
        .map(({ device, target }) => [device, `${root}${target}`] as const),
    ),
  );
}

/** Whether a process in there could ever have the right to mount: proc_pid_status(5), the bounding set. */
function canMount(host: Host, pid: number): boolean {
  const status = readStatus(host, pid);
  const bounding = status.status === 'ok' ? status.value.capBounding : '';
  return !/^[0-9a-f]+$/.test(bounding) || ((BigInt(`0x${bounding}`) >> SYS_ADMIN) & 1n) === 1n;
}

function isDead(read: Reading<unknown>): boolean {
  return read.status === 'unsupported' && read.code === NOT_CONNECTED;
}

type Daemon = {
  readonly pid: number;
  readonly options: LxcfsOptions | null;
  /** The last word of its command line: where it mounts. */
  readonly mountPoint: string | null;
};

/** Those that mount there, where any says so; else any of them can be the one. */
function daemonsFor(daemons: readonly Daemon[], place: string | undefined): readonly Daemon[] {
  const named = daemons.filter(({ mountPoint }) => mountPoint !== null && place?.endsWith(mountPoint) === true);
  return named.length > 0 ? named : daemons;
}

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
    const mountPoint = words.at(-1) ?? null;
    return [{ pid: Number(name), options: 'unknown' in options ? null : options, mountPoint }];
  });
}
