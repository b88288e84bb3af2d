import type { Candidate } from './discovery/candidate.ts';
import type { IdMap } from './document/isolation.ts';
import type { ContainerProcess, Init } from './document/process.ts';
import type { MemberFacts, MemoryShare, ScannedProcess } from './process.ts';
import { type Reading, valueOr } from './reading.ts';
import type { HostFacts, Sample } from './sample.ts';
import type { Before } from './sampled-before.ts';

type Members = { readonly [pid: number]: MemberFacts };
const MICROSECONDS = 1e6;

/** A container's processes, ascending by host pid. */
export function containerProcesses(input: {
  readonly candidate: Pick<Candidate, 'pids' | 'joined'>;
  readonly byPid: ReadonlyMap<number, ScannedProcess>;
  readonly members: Members;
  readonly shares: Sample['memoryShares'];
  readonly uidMap: readonly IdMap[] | null;
  readonly host: HostFacts;
  readonly before: Before | null;
  /** The path below the container's group, or null where the groups are not told. */
  readonly below: (process: ScannedProcess) => string | null;
}): readonly ContainerProcess[] {
  const { candidate, byPid, members, uidMap, host, before } = input;
  const joined = new Set(candidate.joined);
  const processes = candidate.pids.map((pid) => byPid.get(pid)).filter((process) => process !== undefined);
  return processes.map((process) => {
    const { stat } = process;
    const facts = members[stat.pid];
    const uid = facts?.status.status === 'ok' ? facts.status.value.uid : null;
    return {
      pid: stat.pid,
      ppid: stat.ppid,
      nsPids: [...nsPidsOf(process, facts)],
      comm: stat.comm,
      argv: argvOf(facts),
      state: stat.state,
      threads: stat.threads,
      rssBytes: stat.rssPages * host.pageBytes,
      pssBytes: shareOf(input.shares[stat.pid]),
      cpuSeconds: cpuTicks(process) / host.hertz,
      cpuCores: cpuCores(process, host, before),
      uid,
      insideUid: uid === null || uidMap === null ? null : insideId(uid, uidMap),
      cgroup: input.below(process),
      joined: joined.has(stat.pid),
    };
  });
}

export function initOf(
  candidate: Candidate,
  byPid: ReadonlyMap<number, ScannedProcess>,
  members: Members,
): Init | null {
  const process = candidate.init === null ? undefined : byPid.get(candidate.init);
  if (process === undefined) {
    return null;
  }
  const facts = members[process.stat.pid];
  return {
    pid: process.stat.pid,
    startTicks: process.stat.startTicks,
    nsPids: [...nsPidsOf(process, facts)],
    comm: process.stat.comm,
    argv: argvOf(facts),
    uid: facts?.status.status === 'ok' ? facts.status.value.uid : null,
  };
}

function shareOf(reading: Reading<MemoryShare> | undefined): number | null {
  return reading?.status === 'ok' ? reading.value.pssBytes : null;
}

function nsPidsOf(process: ScannedProcess, facts: MemberFacts | undefined): readonly number[] {
  const told = facts?.status.status === 'ok' ? facts.status.value.nsPids : null;
  return process.nsPids ?? told ?? [process.stat.pid];
}

/** A kernel thread's and a zombie's command line is empty: they have none. */
function argvOf(facts: MemberFacts | undefined): string[] | null {
  const argv = facts === undefined ? null : valueOr(facts.argv, null);
  return argv === null ? null : [...argv];
}

function cpuTicks({ stat }: ScannedProcess): number {
  return stat.utimeTicks + stat.stimeTicks;
}

function cpuCores(process: ScannedProcess, host: HostFacts, before: Before | null): number | null {
  const earlier = before?.process(process.stat.pid, process.stat.startTicks) ?? null;
  if (before === null || earlier === null) {
    return null;
  }
  const used = cpuTicks(process) - cpuTicks(earlier);
  return used < 0 ? null : used / host.hertz / (before.elapsedUs / MICROSECONDS);
}

/** user_namespaces(7): the id inside that an id outside is shown as; null where it is not mapped. */
function insideId(outside: number, map: readonly IdMap[]): number | null {
  const range = map.find((entry) => outside >= entry.outside && outside < entry.outside + entry.count);
  return range === undefined ? null : range.inside + (outside - range.outside);
}
