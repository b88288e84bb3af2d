import type { CgroupLayout } from '../../model/cgroup/layout.ts';
import type { Problem } from '../../model/document/problem.ts';
import type { EngineReport } from '../../model/engine-facts.ts';
import type { MountLine } from '../../model/mountinfo.ts';
import { type Reading, valueOr } from '../../model/reading.ts';
import { loadLibrary } from '../../native/library.ts';
import { cgroupLayout } from '../../probes/cgroup/layout.ts';
import type { Host } from '../../probes/host.ts';
import { readMountinfo } from '../../probes/proc/mountinfo.ts';
import { isLxcfs } from '../../probes/procview/lxcfs-mount.ts';

/** What the checks of `doctor` are made from; all of it read once. `null`: not readable, or not there. */
export type DoctorFacts = {
  readonly layout: CgroupLayout;
  /** An lxcfs that is mounted here, and whether its daemon has gone. */
  readonly lxcfs: { readonly target: string; readonly hasEnded: boolean } | null;
  /** Controllers of the v2 root, space-separated as the kernel writes them. */
  readonly unifiedControllers: string | null;
  /** Names in /proc/self/ns. */
  readonly namespaces: Reading<readonly string[]>;
  readonly filesystems: string | null;
  readonly seccompActions: string | null;
  readonly cpuPressure: Reading<string>;
  readonly maxUserNamespaces: string | null;
  /** Debian's own switch; null where the kernel has none. */
  readonly unprivilegedUserNamespaces: string | null;
  readonly status: Reading<string>;
  readonly notices: readonly Problem[];
  readonly engines: readonly EngineReport[];
  /** Why the native library is not used; null where it is. */
  readonly nativeMissing: string | null;
  readonly terminal: { readonly isTerminal: boolean; readonly colours: boolean; readonly utf8: boolean };
};

/** What the host's own files tell, without its containers. */
export type HostOffers = Omit<DoctorFacts, 'notices' | 'engines' | 'terminal'>;

export function readHostOffers(host: Host): HostOffers {
  const text = (path: string): string | null => valueOr(host.readText(path, 'unsupported'), null)?.trim() ?? null;
  const mounts = valueOr(readMountinfo(host, 'self'), []);
  const layout = cgroupLayout(mounts);
  return {
    layout,
    lxcfs: lxcfsOf(host, mounts),
    unifiedControllers: layout.v2 === null ? null : text(`${layout.v2.mountPoint}/cgroup.controllers`),
    namespaces: host.list('/proc/self/ns', 'unsupported'),
    filesystems: text('/proc/filesystems'),
    seccompActions: text('/proc/sys/kernel/seccomp/actions_avail'),
    cpuPressure: host.readText('/proc/pressure/cpu', 'unsupported'),
    maxUserNamespaces: text('/proc/sys/user/max_user_namespaces'),
    unprivilegedUserNamespaces: text('/proc/sys/kernel/unprivileged_userns_clone'),
    status: host.readText('/proc/self/status', 'gone'),
    nativeMissing: nativeMissing(host),
  };
}

/** Only root's: a daemon of somebody else's may never answer. */
function lxcfsOf(host: Host, mounts: readonly MountLine[]): HostOffers['lxcfs'] {
  const mount = mounts.find(isLxcfs);
  if (mount === undefined) {
    return null;
  }
  const { target } = mount;
  const root = host.stat(target, 'unsupported');
  return { target, hasEnded: root.status === 'unsupported' && root.code === 'ENOTCONN' };
}

function nativeMissing(host: Host): string | null {
  if (!host.live) {
    return 'the files are of another host';
  }
  const loaded = loadLibrary();
  return loaded.library === null ? loaded.reason : null;
}
