import { NAMESPACE_TYPES } from '../model/namespaces/types.ts';
import type { NamespaceInodes } from '../model/process.ts';
import { flatMapReading, mapReading, type Reading, valueOr } from '../model/reading.ts';
import type { HostFacts } from '../model/sample.ts';
import type { Host } from './host.ts';
import { parseHostStat, parseMemoryTotal, parseThreadTotal } from './proc/host-files.ts';
import { parseNamespaceLink } from './proc/ns.ts';

/** USER_HZ: 100 on every architecture that Node runs on, whatever CONFIG_HZ is (proc(5), sysconf(3)). */
const USER_HZ = 100;
const USUAL_PAGE = 4096;

/** What does not change while nsview runs, and `threads`, which does. */
export function readHostFacts(host: Host): HostFacts {
  const stat = mapReading(host.readText('/proc/stat', 'unsupported'), parseHostStat);
  const memory = mapReading(host.readText('/proc/meminfo', 'unsupported'), parseMemoryTotal);
  const bootedAt = stat.status === 'ok' ? stat.value.bootedAt : null;
  return {
    name: line(host.readText('/proc/sys/kernel/hostname', 'unsupported')) ?? 'unknown',
    kernel: line(host.readText('/proc/sys/kernel/osrelease', 'unsupported')) ?? 'unknown',
    cpus: stat.status === 'ok' ? stat.value.cpus : 0,
    memoryBytes: valueOr(memory, null),
    bootedAtMs: bootedAt === null ? null : bootedAt * 1000,
    hertz: USER_HZ,
    pageBytes: pageBytes(host),
    threads: readThreadTotal(host),
    namespaces: initialNamespaces(host),
  };
}

export function readThreadTotal(host: Host): number | null {
  return valueOr(mapReading(host.readText('/proc/loadavg', 'unsupported'), parseThreadTotal), null);
}

/** Inodes of one process's namespaces; those it has none of, or that are denied, are left out. */
export function readNamespaceInodes(host: Host, pid: number | 'self'): NamespaceInodes {
  const found: [string, number][] = [];
  for (const type of NAMESPACE_TYPES) {
    const inode = flatMapReading(host.readLink(`/proc/${pid}/ns/${type}`, 'gone'), parseNamespaceLink);
    if (inode.status === 'ok') {
      found.push([type, inode.value]);
    }
  }
  return Object.fromEntries(found);
}

/**
 * Those of PID 1. Where its links are denied, our own: with rights over PID 1 missing, an own namespace is the best
 * guess at the host's.
 */
function initialNamespaces(host: Host): NamespaceInodes {
  return { ...readNamespaceInodes(host, 'self'), ...readNamespaceInodes(host, 1) };
}

/** No file tells the page size: the same process's size is in pages in statm and in kB in status. */
function pageBytes(host: Host): number {
  const pages = Number(valueOr(host.readText('/proc/self/statm', 'gone'), '').split(' ')[0]);
  const status = valueOr(host.readText('/proc/self/status', 'gone'), '');
  const bytes = Number(/^VmSize:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
  const ratio = bytes / pages;
  return Number.isFinite(ratio) && ratio >= USUAL_PAGE / 2 ? 2 ** Math.round(Math.log2(ratio)) : USUAL_PAGE;
}

function line(reading: Reading<string>): string | null {
  return reading.status === 'ok' ? reading.value.trim() : null;
}
