import type { NamespaceInodes, ScannedProcess } from '../../src/model/process.ts';
import { ok } from '../../src/model/reading.ts';

/** The initial namespaces of the hosts in these tests. */
export const HOST: Required<NamespaceInodes> = {
  cgroup: 4026531835,
  ipc: 4026531839,
  mnt: 4026531832,
  net: 4026531833,
  pid: 4026531836,
  time: 4026531834,
  user: 4026531837,
  uts: 4026531838,
};

type Told = {
  readonly pid: number;
  readonly ppid?: number;
  readonly comm?: string;
  readonly state?: string;
  readonly startTicks?: number;
  readonly threads?: number;
  readonly kernelThread?: boolean;
  /** The path in v2, or the paths by controller (`''` is v2). */
  readonly cgroup?: string | { readonly [controller: string]: string };
  /** Those that are not the host's; `denied` where links may not be read. */
  readonly ns?: NamespaceInodes | 'denied';
  readonly nsPids?: readonly number[];
};

/** A process as a scan would have it; what is not told is that of a plain process of the host. */
export function scanned(told: Told): ScannedProcess {
  const { pid, cgroup = '/', ns = {} } = told;
  const paths = typeof cgroup === 'string' ? { '': cgroup } : cgroup;
  const isInside = ns !== 'denied' && ns.pid !== undefined && ns.pid !== HOST.pid;
  return {
    stat: {
      pid,
      comm: told.comm ?? 'app',
      state: told.state ?? 'S',
      ppid: told.ppid ?? 1,
      flags: told.kernelThread ? 0x00200040 : 0x400000,
      utimeTicks: 0,
      stimeTicks: 0,
      threads: told.threads ?? 1,
      startTicks: told.startTicks ?? pid * 10,
      rssPages: 100,
    },
    cgroups: ok(
      Object.entries(paths).map(([controller, path], index) => ({
        hierarchy: controller === '' ? 0 : index + 1,
        controllers: controller === '' ? [] : [controller],
        path,
        deleted: false,
      })),
    ),
    namespaces:
      ns === 'denied' ? { status: 'denied', path: `/proc/${pid}/ns`, code: 'EACCES' } : ok({ ...HOST, ...ns }),
    nsPids: told.nsPids ?? (isInside ? [pid, 1] : ns === 'denied' ? [pid] : null),
  };
}

export function systemd(): ScannedProcess {
  return scanned({ pid: 1, ppid: 0, comm: 'systemd', cgroup: '/init.scope', startTicks: 1 });
}

/** A 64-digit id that begins with these. */
export function hexId(start: string): string {
  return start.padEnd(64, '0123456789abcdef');
}
