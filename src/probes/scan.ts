import { NAMESPACE_TYPES } from '../model/namespaces/types.ts';
import type { NamespaceInodes, ProcessStat, ScannedProcess } from '../model/process.ts';
import { isKernelThread } from '../model/process.ts';
import { flatMapReading, mapReading, ok, type Reading, valueOr } from '../model/reading.ts';
import type { Steps } from '../model/steps.ts';
import type { GroupAnswer, Host, ReadGroup } from './host.ts';
import { parseProcCgroup } from './proc/cgroup.ts';
import { parseNamespaceLink } from './proc/ns.ts';
import { parseStat } from './proc/stat.ts';
import { parseStatus } from './proc/status.ts';

/**
 * Namespaces and groups of a process can change without a trace (setns, unshare, a write to cgroup.procs), so each tick
 * reads one part in sixteen of them again; new processes and those that changed their comm (exec) at once.
 */
const ROTATION = 16;

/** So many processes are read between two steps: some two milliseconds. */
const CHUNK = 400;

const NS_LINKS = NAMESPACE_TYPES.map((type) => `ns/${type}`);

export type ProcessScan = {
  /** Every process there is, ascending by pid. The first call reads all; later ones what may have changed. */
  scan(): Steps<readonly ScannedProcess[]>;
};

type Known = { readonly process: ScannedProcess; readonly settled: boolean };

/** Scans /proc tick by tick, keeping one descriptor per process: it answers `gone` also after its number is reused. */
export function openProcessScan(host: Host): ProcessScan {
  let known = new Map<number, Known>();
  let tick = 0;

  function* scan(): Steps<readonly ScannedProcess[]> {
    tick += 1;
    const next = new Map<number, Known>();
    const pids = valueOr(host.list('/proc', 'gone'), []).filter(isPid).map(Number);
    const seen = pids.filter((pid) => known.has(pid));
    const unread = pids.filter((pid) => !known.has(pid));
    const ended: string[] = [];
    const stale: { pid: number; stat: ProcessStat }[] = [];
    for (let start = 0; start < seen.length; start += CHUNK) {
      const chunk = seen.slice(start, start + CHUNK);
      const stats = host.readKept(chunk.map(statPath));
      for (const [index, pid] of chunk.entries()) {
        const stat = flatMapReading(stats[index] as Reading<string>, (text) => parseStat(text, statPath(pid)));
        const before = known.get(pid);
        if (stat.status !== 'ok' || before === undefined || stat.value.startTicks !== before.process.stat.startTicks) {
          ended.push(statPath(pid));
          unread.push(pid);
          continue;
        }
        const due = pid % ROTATION === tick % ROTATION && !isKernelThread(stat.value);
        if (due || !before.settled || stat.value.comm !== before.process.stat.comm) {
          stale.push({ pid, stat: stat.value });
        }
        next.set(pid, { process: { ...before.process, stat: stat.value }, settled: true });
      }
      yield;
    }
    renew(next, stale);
    yield;
    readNew(next, unread);
    host.forget([...ended, ...[...known.keys()].filter((pid) => !next.has(pid)).map(statPath)]);
    known = next;
    return [...next.values()].map((entry) => entry.process).sort((a, b) => a.stat.pid - b.stat.pid);
  }

  /** Namespaces and groups of processes whose stat was already read. */
  function renew(next: Map<number, Known>, stale: readonly { pid: number; stat: ProcessStat }[]): void {
    const answers = host.readGroups(stale.map(({ pid }) => group(pid, ['cgroup'], NS_LINKS)));
    for (const [index, { pid, stat }] of stale.entries()) {
      const answer = answers[index];
      const before = next.get(pid);
      if (answer === undefined || before === undefined || answer.files[0]?.status === 'gone') {
        continue;
      }
      next.set(pid, { process: { ...before.process, stat, ...placeOf(pid, answer, 0) }, settled: true });
    }
  }

  function readNew(next: Map<number, Known>, pids: readonly number[]): void {
    const answers = host.readGroups(pids.map((pid) => group(pid, ['stat', 'cgroup'], NS_LINKS)));
    const denied: number[] = [];
    for (const [index, pid] of pids.entries()) {
      const answer = answers[index];
      const stat = answer?.files[0];
      const parsed = stat === undefined ? stat : flatMapReading(stat, (text) => parseStat(text, statPath(pid)));
      if (answer === undefined || parsed?.status !== 'ok') {
        next.delete(pid);
        continue;
      }
      const place = placeOf(pid, answer, 1);
      next.set(pid, { process: { stat: parsed.value, ...place, nsPids: null }, settled: false });
      if (place.namespaces.status !== 'ok') {
        denied.push(pid);
      }
    }
    readNsPids(next, [...denied, ...oldestOfEachPidNamespace(next)]);
  }

  /**
   * The processes whose pids tell how deep their namespace is, and which one is number 1 in it: the first that was
   * cloned into it. Those that began in the same tick may each be it. None where one was read before.
   */
  function oldestOfEachPidNamespace(next: ReadonlyMap<number, Known>): readonly number[] {
    const own = ownPidNamespace();
    const told = new Set<number>([...(own === null ? [] : [own])]);
    const oldest = new Map<number, ScannedProcess[]>();
    for (const { process } of next.values()) {
      const inode = process.namespaces.status === 'ok' ? process.namespaces.value.pid : undefined;
      if (inode === undefined || told.has(inode)) {
        continue;
      }
      if (process.nsPids !== null) {
        told.add(inode);
        continue;
      }
      const before = oldest.get(inode)?.[0]?.stat.startTicks ?? Number.POSITIVE_INFINITY;
      if (process.stat.startTicks < before) {
        oldest.set(inode, [process]);
      } else if (process.stat.startTicks === before) {
        oldest.get(inode)?.push(process);
      }
    }
    return [...oldest].filter(([inode]) => !told.has(inode)).flatMap(([, found]) => found.map(({ stat }) => stat.pid));
  }

  /** A process's pids never change: they are read once. */
  function readNsPids(next: Map<number, Known>, pids: readonly number[]): void {
    const answers = host.readGroups(pids.map((pid) => group(pid, ['status'], [])));
    for (const [index, pid] of pids.entries()) {
      const text = answers[index]?.files[0];
      const before = next.get(pid);
      if (text?.status === 'ok' && before !== undefined) {
        const nsPids = valueOr(
          mapReading(parseStatus(text.value), (status) => status.nsPids),
          null,
        );
        next.set(pid, { ...before, process: { ...before.process, nsPids } });
      }
    }
  }

  let ownInode: number | null | undefined;
  function ownPidNamespace(): number | null {
    ownInode ??= valueOr(flatMapReading(host.readLink('/proc/self/ns/pid', 'gone'), parseNamespaceLink), null);
    return ownInode;
  }

  return { scan };
}

function placeOf(pid: number, answer: GroupAnswer, cgroupIndex: number) {
  const cgroup = answer.files[cgroupIndex] as Reading<string>;
  return {
    cgroups: flatMapReading(cgroup, (text) => parseProcCgroup(text, `/proc/${pid}/cgroup`)),
    namespaces: inodesOf(answer.links),
  };
}

/** A zombie has `pid` and `user` only, an old kernel no `time`: a missing link is no error while one can be read. */
function inodesOf(links: readonly Reading<string>[]): Reading<NamespaceInodes> {
  const inodes: { -readonly [type in keyof NamespaceInodes]: NamespaceInodes[type] } = {};
  let failure: Reading<never> | null = null;
  for (const [index, link] of links.entries()) {
    const type = NAMESPACE_TYPES[index];
    const inode = flatMapReading(link, parseNamespaceLink);
    if (inode.status === 'ok' && type !== undefined) {
      inodes[type] = inode.value;
    } else if (inode.status !== 'ok' && (failure === null || inode.status === 'denied')) {
      failure = inode;
    }
  }
  return failure !== null && Object.keys(inodes).length === 0 ? failure : ok(inodes);
}

function group(pid: number, files: readonly string[], links: readonly string[]): ReadGroup {
  return { dir: `/proc/${pid}`, files, links };
}

function statPath(pid: number): string {
  return `/proc/${pid}/stat`;
}

function isPid(name: string): boolean {
  const first = name.charCodeAt(0);
  return first >= 49 && first <= 57;
}
