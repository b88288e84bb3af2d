import type { Candidate } from '../../src/model/discovery/candidate.ts';
import { discover } from '../../src/model/discovery/discover.ts';
import type { NamespaceInodes, ScannedProcess } from '../../src/model/process.ts';
import { HOST, systemd } from './processes.ts';

/** The containers among these processes of a host, with the command lines of supervisors by pid. */
export function found(
  processes: readonly ScannedProcess[],
  supervisors: { readonly [pid: number]: readonly string[] } = {},
): readonly Candidate[] {
  const argv = new Map(Object.entries(supervisors).map(([pid, words]) => [Number(pid), words]));
  return discover([systemd(), ...processes], HOST, argv).candidates;
}

/** A private set of namespaces, as Docker on cgroup v1 makes it: mnt is `base`, pid `base + 3`, net `base + 4`. */
export function own(base: number): NamespaceInodes {
  return { mnt: base, uts: base + 1, ipc: base + 2, pid: base + 3, net: base + 4 };
}

/** A containerd shim's command line. */
export function shim(namespace: string, id: string): readonly string[] {
  return ['/usr/bin/containerd-shim-runc-v2', '-namespace', namespace, '-id', id, '-address', '/run/c.sock'];
}
