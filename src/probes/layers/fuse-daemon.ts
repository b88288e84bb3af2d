import { posix } from 'node:path';
import type { MountLine } from '../../model/mountinfo.ts';
import type { Host } from '../host.ts';
import { nulSeparated } from '../kernel-text.ts';
import { readMountinfo } from '../proc/mountinfo.ts';
import { type OverlayDirectories, parseOverlayOptions } from './overlay.ts';

const PROGRAM = 'fuse-overlayfs';
const DEVICE = '/dev/fuse';

/** The branches as a daemon's command line names them, and what that daemon sees mounted. */
type FuseDaemon = { readonly directories: OverlayDirectories; readonly mounts: readonly MountLine[] };

/**
 * The process that answers for a FUSE mount made by hand: a fuse-overlayfs that has the device `device` mounted in its
 * own mount namespace on what its command line names. Null where there is none, or we may not look.
 */
export function findFuseDaemon(host: Host, device: string): FuseDaemon | null {
  const names = host.list('/proc', 'gone');
  for (const pid of names.status === 'ok' ? names.value.filter((name) => /^\d+$/.test(name)).map(Number) : []) {
    const comm = host.readText(`/proc/${pid}/comm`, 'gone');
    const found = comm.status === 'ok' && comm.value.trim() === PROGRAM ? daemonOf(host, pid, device) : null;
    if (found !== null) {
      return found;
    }
  }
  return null;
}

function daemonOf(host: Host, pid: number, device: string): FuseDaemon | null {
  const mounts = readMountinfo(host, pid);
  const cmdline = host.readText(`/proc/${pid}/cmdline`, 'gone');
  if (mounts.status !== 'ok' || cmdline.status !== 'ok' || !hasDevice(host, pid)) {
    return null;
  }
  const { options, place } = argumentsOf(nulSeparated(cmdline.value).slice(1));
  // Whoever has it as its root is inside, whatever it calls itself.
  const mount = mounts.value.find((each) => each.device === device && each.target !== '/');
  const base = mount === undefined || place === null ? null : baseOf(mount.target, place);
  if (base === null) {
    return null;
  }
  const { upper, work, lowers } = parseOverlayOptions(options);
  const at = (named: string) => posix.resolve(base, named);
  return {
    directories: {
      upper: upper === null ? null : at(upper),
      work: work === null ? null : at(work),
      lowers: lowers.map(({ named, data }) => ({ named: at(named), data })),
    },
    mounts: mounts.value,
  };
}

function hasDevice(host: Host, pid: number): boolean {
  const open = host.list(`/proc/${pid}/fd`, 'gone');
  return (
    open.status === 'ok' &&
    open.value.some((fd) => {
      const link = host.readLink(`/proc/${pid}/fd/${fd}`, 'gone');
      return link.status === 'ok' && link.value === DEVICE;
    })
  );
}

/** `-o a=b,c`, `-oa=b`, and the one argument that is no option: where it is mounted. */
function argumentsOf(args: readonly string[]): { readonly options: readonly string[]; readonly place: string | null } {
  const options: string[] = [];
  let place: string | null = null;
  for (let at = 0; at < args.length; at += 1) {
    const argument = args[at] ?? '';
    if (argument === '-o') {
      at += 1;
      options.push(...optionsIn(args[at] ?? ''));
    } else if (argument.startsWith('-o')) {
      options.push(...optionsIn(argument.slice(2)));
    } else if (!argument.startsWith('-')) {
      place = argument;
    }
  }
  return { options, place };
}

function optionsIn(given: string): readonly string[] {
  return given.split(/(?<!\\),/);
}

/**
 * The directory in which the daemon was started, which it left for `/`: what remains of the mount point without the name
 * that was given for it. Null where that name is another's.
 */
function baseOf(target: string, place: string): string | null {
  const named = posix.join('/', place);
  if (place.startsWith('/')) {
    return posix.resolve(named) === target ? '/' : null;
  }
  if (posix.normalize(place).startsWith('..')) {
    return null;
  }
  const end = posix.resolve(named);
  return end !== '/' && target.endsWith(end) ? target.slice(0, -end.length) || '/' : null;
}
