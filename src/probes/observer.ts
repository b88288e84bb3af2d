import type { Problem } from '../model/document/problem.ts';
import { isKernelThread, type ScannedProcess } from '../model/process.ts';
import { flatMapReading, valueOr } from '../model/reading.ts';
import type { HostFacts, Observer } from '../model/sample.ts';
import type { Host } from './host.ts';
import { readNamespaceInodes } from './host-facts.ts';
import { parseProcCgroup } from './proc/cgroup.ts';
import { parseMountinfo } from './proc/mountinfo.ts';
import { parseStat } from './proc/stat.ts';
import { readStatus } from './proc/status.ts';

/** PROC_PID_INIT_INO and PROC_CGROUP_INIT_INO of include/linux/proc_ns.h: fixed since 3.8 and 4.6. */
const INITIAL_PID_NAMESPACE = 0xeffffffc;
const INITIAL_CGROUP_NAMESPACE = 0xeffffffb;

/** Threads come and go between two reads: fewer missing than this are no sign of hidepid. */
const THREADS_IN_FLIGHT = 32;

/** nsview itself: its own cost, and the place it looks from. */
export function readObserver(host: Host, facts: HostFacts): Omit<Observer, 'notices'> {
  const stat = flatMapReading(host.readText('/proc/self/stat', 'gone'), parseStat);
  const pid = stat.status === 'ok' ? stat.value.pid : 0;
  const status = pid === 0 ? null : valueOr(readStatus(host, pid), null);
  return {
    pid,
    uid: status?.uid ?? 0,
    nsPids: status?.nsPids ?? [],
    namespaces: pid === 0 ? {} : readNamespaceInodes(host, 'self'),
    cgroups: valueOr(flatMapReading(host.readText('/proc/self/cgroup', 'gone'), parseProcCgroup), []),
    cpuSeconds: stat.status === 'ok' ? (stat.value.utimeTicks + stat.value.stimeTicks) / facts.hertz : 0,
    rssBytes: stat.status === 'ok' ? stat.value.rssPages * facts.pageBytes : 0,
  };
}

/** What keeps us from seeing everything. */
export function readNotices(
  host: Host,
  facts: HostFacts,
  processes: readonly ScannedProcess[],
  observer: Omit<Observer, 'notices'>,
): readonly Problem[] {
  const notices = [
    ownPidNamespace(observer),
    ownCgroupNamespace(observer),
    hiddenProcesses(host, facts, processes, observer),
    deniedNamespaces(processes),
  ];
  return notices.filter((notice) => notice !== null);
}

function ownPidNamespace({ namespaces, nsPids }: Pick<Observer, 'namespaces' | 'nsPids'>): Problem | null {
  const own = namespaces.pid !== undefined && namespaces.pid !== INITIAL_PID_NAMESPACE;
  return own || nsPids.length > 1
    ? {
        path: '/proc/self/ns/pid',
        code: 'PIDNS',
        message: 'nsview itself runs in a pid namespace of its own: only the processes in it are visible',
        remedy: 'run it on the host, or with --pid=host',
      }
    : null;
}

function ownCgroupNamespace({ namespaces, cgroups }: Pick<Observer, 'namespaces' | 'cgroups'>): Problem | null {
  const own = namespaces.cgroup !== undefined && namespaces.cgroup !== INITIAL_CGROUP_NAMESPACE;
  return own || cgroups.some(({ path }) => path.startsWith('/..'))
    ? {
        path: '/proc/self/ns/cgroup',
        code: 'CGROUPNS',
        message: 'nsview itself runs in a cgroup namespace of its own: groups and limits above it are invisible',
        remedy: 'run it on the host, or with --cgroupns=host',
      }
    : null;
}

function hiddenProcesses(
  host: Host,
  facts: HostFacts,
  processes: readonly ScannedProcess[],
  observer: Pick<Observer, 'uid' | 'nsPids'>,
): Problem | null {
  const table = valueOr(host.readText('/proc/self/mountinfo', 'unsupported'), '');
  const mounts = table.includes('hidepid=') ? valueOr(parseMountinfo(table), []) : [];
  const proc = mounts.findLast((mount) => mount.target === '/proc' && mount.fsType === 'proc');
  const option = proc?.superOptions.find((text) => text.startsWith('hidepid=') && !/=(0|off)$/.test(text));
  const visible = processes.reduce((sum, process) => sum + process.stat.threads, 0);
  const hidden = facts.threads === null ? 0 : facts.threads - visible;
  if (option === undefined || observer.nsPids.length > 1 || hidden <= THREADS_IN_FLIGHT) {
    return null;
  }
  return {
    path: '/proc',
    code: 'HIDEPID',
    message: `/proc is mounted with ${option}: about ${hidden} threads of others are hidden`,
    remedy: 'run nsview as root, or as a member of the group that the gid= mount option names',
  };
}

/**
 * PID 1 may be denied even to root, and hides no container: our own namespaces then stand for the host's. Nor do kernel
 * threads.
 */
function deniedNamespaces(scanned: readonly ScannedProcess[]): Problem | null {
  const processes = scanned.filter(({ stat }) => !isKernelThread(stat));
  const denied = processes.filter(({ stat, namespaces }) => stat.pid !== 1 && namespaces.status === 'denied');
  const first = denied[0];
  return first === undefined
    ? null
    : {
        path: `/proc/${first.stat.pid}/ns`,
        code: 'EACCES',
        message: `the namespaces of ${denied.length} of ${processes.length} processes are not readable`,
        remedy: 'run nsview as root (CAP_SYS_PTRACE)',
      };
}
