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

const STAT_AND_CGROUP = ['stat', 'cgroup'];

/** Of a kernel thread that a glance leaves out. */
const UNREAD: Pick<ScannedProcess, 'cgroups' | 'namespaces'> = { cgroups: ok([]), namespaces: ok({}) };

export type ProcessScan = {
  /**
   * Every process there is, ascending by pid. The first call reads all; later ones what may have changed. A `glance` leaves
   * groups and namespaces of new kernel threads, which no list shows, empty until the next call. Those `watched` are read
   * anew each time: somebody may be moving them.
   */
  scan(glance?: boolean, watched?: readonly number[]): Steps<readonly ScannedProcess[]>;
};

type Known = {
  readonly process: ScannedProcess;
  readonly settled: boolean;
  readonly statPath: string;
  /** What `stat` said; null until it is read through a kept descriptor. */
  readonly answer: Reading<string> | null;
};

/** Scans /proc tick by tick, keeping one descriptor per process: it answers `gone` also after its number is reused. */
export function openProcessScan(host: Host): ProcessScan {
  let known = new Map<number, Known>();
  let tick = 0;
  /** What /proc/PID/cgroup said, by its text. */
  const groups = new Map<string, ScannedProcess['cgroups']>();

  function* scan(glance = false, watched: readonly number[] = []): Steps<readonly ScannedProcess[]> {
    tick += 1;
    const next = new Map<number, Known>();
    const pids = valueOr(host.list('/proc', 'gone'), []).filter(isPid).map(Number);
    const seen = pids.filter((pid) => known.has(pid));
    const unread = pids.filter((pid) => !known.has(pid));
    const ended: string[] = [];
    const stale: number[] = [];
    for (let start = 0; start < seen.length; start += CHUNK) {
      const chunk = seen.slice(start, start + CHUNK).map((pid) => known.get(pid) as Known);
      const answers = host.readKept(chunk.map((before) => before.statPath));
      for (const [index, before] of chunk.entries()) {
        const { pid } = before.process.stat;
        const answer = answers[index] as Reading<string>;
        const stat = statOf(answer, before);
        if (stat === null || stat.startTicks !== before.process.stat.startTicks) {
          ended.push(before.statPath);
          unread.push(pid);
          continue;
        }
        const due = pid % ROTATION === tick % ROTATION && !isKernelThread(stat);
        if (due || watched.includes(pid) || !before.settled || stat.comm !== before.process.stat.comm) {
          stale.push(pid);
        }
        const process = stat === before.process.stat ? before.process : { ...before.process, stat };
        const same = before.settled && process === before.process && answer === before.answer;
        next.set(pid, same ? before : { ...before, process, answer, settled: true });
      }
      yield;
    }
    renew(next, stale);
    yield;
    readNew(next, unread, glance);
    for (const [pid, before] of known) {
      if (!next.has(pid)) {
        ended.push(before.statPath);
      }
    }
    host.forget(ended);
    if (groups.size > next.size) {
      groups.clear();
    }
    known = next;
    return [...next.values()].map((entry) => entry.process).sort((a, b) => a.stat.pid - b.stat.pid);
  }

  /** Namespaces and groups of processes whose stat was already read. What did not change stays the same object. */
  function renew(next: Map<number, Known>, stale: readonly number[]): void {
    const answers = host.readGroups(stale.map((pid) => group(pid, ['cgroup'], NS_LINKS)));
    for (const [index, pid] of stale.entries()) {
      const answer = answers[index];
      const before = next.get(pid);
      if (answer === undefined || before === undefined || answer.files[0]?.status === 'gone') {
        continue;
      }
      const { cgroups, namespaces } = placeOf(pid, answer, 0);
      const { process } = before;
      if (cgroups !== process.cgroups || !sameInodes(namespaces, process.namespaces)) {
        next.set(pid, { ...before, process: { ...process, cgroups, namespaces } });
      }
    }
  }

  function readNew(next: Map<number, Known>, pids: readonly number[], glance: boolean): void {
    const asked = pids.map((pid) => group(pid, STAT_AND_CGROUP, NS_LINKS));
    const answers = host.readGroups(glance ? asked.map((each) => ({ ...each, usersOnly: true })) : asked);
    const denied: number[] = [];
    for (const [index, pid] of pids.entries()) {
      const answer = answers[index];
      const stat = answer?.files[0];
      const parsed = stat === undefined ? stat : flatMapReading(stat, (text) => parseStat(text, statPath(pid)));
      if (answer === undefined || parsed?.status !== 'ok') {
        next.delete(pid);
        continue;
      }
      const place = glance && isKernelThread(parsed.value) ? UNREAD : placeOf(pid, answer, 1);
      next.set(pid, {
        process: { stat: parsed.value, ...place, nsPids: null },
        settled: false,
        statPath: statPath(pid),
        answer: null,
      });
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

  function placeOf(pid: number, answer: GroupAnswer, cgroupIndex: number) {
    return { cgroups: groupsOf(pid, answer.files[cgroupIndex] as Reading<string>), namespaces: inodesOf(answer.links) };
  }

  /** Processes of one group have the same text: it is parsed once, and they share what it says. */
  function groupsOf(pid: number, answer: Reading<string>): ScannedProcess['cgroups'] {
    if (answer.status !== 'ok') {
      return answer;
    }
    const known = groups.get(answer.value);
    if (known !== undefined) {
      return known;
    }
    const parsed = parseProcCgroup(answer.value, `/proc/${pid}/cgroup`);
    if (parsed.status === 'ok') {
      groups.set(answer.value, parsed);
    }
    return parsed;
  }

  let ownInode: number | null | undefined;
  function ownPidNamespace(): number | null {
    ownInode ??= valueOr(flatMapReading(host.readLink('/proc/self/ns/pid', 'gone'), parseNamespaceLink), null);
    return ownInode;
  }

  return { scan };
}

/** The same object where `stat` says what it said before; null where the process ended. */
function statOf(answer: Reading<string>, { process, answer: before, statPath }: Known): ProcessStat | null {
  if (answer === before || (answer.status === 'ok' && before?.status === 'ok' && answer.value === before.value)) {
    return process.stat;
  }
  return valueOr(
    flatMapReading(answer, (text) => parseStat(text, statPath)),
    null,
  );
}

function sameInodes(some: ScannedProcess['namespaces'], others: ScannedProcess['namespaces']): boolean {
  return some.status === 'ok' && others.status === 'ok'
    ? NAMESPACE_TYPES.every((type) => some.value[type] === others.value[type])
    : some.status === others.status;
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
