import type { Candidate } from '../model/discovery/candidate.ts';
import { isSupervisorComm } from '../model/discovery/supervisor.ts';
import { type MemberFacts, type ProcessKey, processKey, type ScannedProcess } from '../model/process.ts';
import { flatMapReading, mapReading, ok, type Reading, valueOr } from '../model/reading.ts';
import type { Host } from './host.ts';
import { nulSeparated } from './kernel-text.ts';
import { parseStatus } from './proc/status.ts';

/** Daemons, whose command line tells where their socket and state are, by comm (at most 15 bytes of the name). */
const DAEMONS = /^(dockerd|podman)/;

type Read = { readonly comm: string; readonly facts: MemberFacts };

export type MemberReader = {
  /**
   * Arguments and status of these containers' processes, and of `others`; read once per process, and again when it executed something
   * else. For the same candidates as before, whose processes are the same then, the answer is the same.
   */
  read(
    candidates: readonly Candidate[],
    byPid: ReadonlyMap<number, ScannedProcess>,
    others?: readonly number[],
  ): { readonly [pid: number]: MemberFacts };
  /** The arguments of shims, conmons and monitors, by pid. */
  supervisorArguments(processes: readonly ScannedProcess[]): ReadonlyMap<number, readonly string[]>;
};

export function openMemberFacts(host: Host): MemberReader {
  let members = new Map<ProcessKey, Read>();
  let last: { readonly candidates: readonly Candidate[]; readonly found: { [pid: number]: MemberFacts } } | null = null;
  let supervisors = new Map<ProcessKey, readonly string[]>();

  function read(
    candidates: readonly Candidate[],
    byPid: ReadonlyMap<number, ScannedProcess>,
    others: readonly number[] = [],
  ) {
    if (last?.candidates === candidates && others.length === 0) {
      return last.found;
    }
    const pids = new Set([...candidates.flatMap((candidate) => candidate.pids), ...others]);
    const processes = Array.from(pids, (pid) => byPid.get(pid)).filter((process) => process !== undefined);
    const next = new Map<ProcessKey, Read>();
    const fresh: ScannedProcess[] = [];
    for (const process of processes) {
      const key = processKey(process.stat);
      const before = members.get(key);
      if (before !== undefined && before.comm === process.stat.comm) {
        next.set(key, before);
      } else {
        fresh.push(process);
      }
    }
    const answers = host.readGroups(
      fresh.map(({ stat }) => ({ dir: `/proc/${stat.pid}`, files: ['cmdline', 'status'], links: [] })),
    );
    for (const [index, { stat }] of fresh.entries()) {
      const [cmdline, status] = answers[index]?.files ?? [];
      const facts: MemberFacts = {
        argv: mapReading(cmdline as Reading<string>, nulSeparated),
        status: flatMapReading(status as Reading<string>, (text) => parseStatus(text, `/proc/${stat.pid}/status`)),
      };
      next.set(processKey(stat), { comm: stat.comm, facts });
    }
    members = next;
    const found: { [pid: number]: MemberFacts } = {};
    for (const { stat } of processes) {
      const member = next.get(processKey(stat));
      if (member !== undefined) {
        found[stat.pid] = member.facts;
      }
    }
    last = { candidates, found };
    return found;
  }

  function supervisorArguments(processes: readonly ScannedProcess[]): ReadonlyMap<number, readonly string[]> {
    const next = new Map<ProcessKey, readonly string[]>();
    const found = new Map<number, readonly string[]>();
    const watching = processes.filter(({ stat }) => isSupervisorComm(stat.comm) || DAEMONS.test(stat.comm));
    const fresh = watching.filter(({ stat }) => !supervisors.has(processKey(stat)));
    const answers = host.readGroups(
      fresh.map(({ stat }) => ({ dir: `/proc/${stat.pid}`, files: ['cmdline'], links: [] })),
    );
    for (const [index, { stat }] of fresh.entries()) {
      const argv = valueOr(mapReading(answers[index]?.files[0] ?? ok(''), nulSeparated), []);
      next.set(processKey(stat), argv);
    }
    for (const { stat } of watching) {
      const key = processKey(stat);
      const argv = next.get(key) ?? supervisors.get(key) ?? [];
      next.set(key, argv);
      found.set(stat.pid, argv);
    }
    supervisors = next;
    return found;
  }

  return { read, supervisorArguments };
}
