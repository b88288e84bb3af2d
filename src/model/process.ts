import type { NamespaceType } from './document/namespace.ts';
import type { Reading } from './reading.ts';

/** proc_pid_stat(5), the fields we use. Ticks are of USER_HZ; `rssPages` of the page size. */
export type ProcessStat = {
  readonly pid: number;
  readonly comm: string;
  readonly state: string;
  readonly ppid: number;
  readonly flags: number;
  readonly utimeTicks: number;
  readonly stimeTicks: number;
  readonly threads: number;
  readonly startTicks: number;
  readonly rssPages: number;
};

/** proc_pid_status(5), the fields we use. Capability sets as the kernel's hexadecimal. */
export type ProcessStatus = {
  readonly uid: number;
  readonly gid: number;
  readonly nsPids: readonly number[];
  readonly capEffective: string;
  readonly capBounding: string;
  readonly noNewPrivileges: boolean | null;
  readonly seccomp: number | null;
};

/** One line of /proc/PID/cgroup, cgroups(7). v2 has hierarchy 0 and no controllers. */
export type CgroupMembership = {
  readonly hierarchy: number;
  readonly controllers: readonly string[];
  readonly path: string;
  /** The group was removed while a zombie is still in it. */
  readonly deleted: boolean;
};

/** The inodes of /proc/PID/ns/*; a type is absent where the kernel or the process has none. */
export type NamespaceInodes = { readonly [type in NamespaceType]?: number };

/** What one scan knows of every process of the host. */
export type ScannedProcess = {
  readonly stat: ProcessStat;
  readonly cgroups: Reading<readonly CgroupMembership[]>;
  readonly namespaces: Reading<NamespaceInodes>;
  /** From `status`, read only where it tells something: links denied, or the oldest process of a pid namespace. */
  readonly nsPids: readonly number[] | null;
};

/** pid + starttime: a process's identity, since numbers are used again. */
export type ProcessKey = `${number}@${number}`;

export function processKey(stat: Pick<ProcessStat, 'pid' | 'startTicks'>): ProcessKey {
  return `${stat.pid}@${stat.startTicks}`;
}

/** PF_KTHREAD of include/linux/sched.h: a kernel thread. */
const KERNEL_THREAD = 0x00200000;

export function isKernelThread(stat: ProcessStat): boolean {
  return Math.floor(stat.flags / KERNEL_THREAD) % 2 === 1;
}

/** proc_pid_smaps(5) of one process: of pages it shares with others, `pssBytes` counts its part alone. */
export type MemoryShare = { readonly rssBytes: number; readonly pssBytes: number };

/** What is read of the members of containers only. */
export type MemberFacts = {
  readonly argv: Reading<readonly string[]>;
  readonly status: Reading<ProcessStatus>;
};
