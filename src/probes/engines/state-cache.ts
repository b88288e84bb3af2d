import type { Candidate } from '../../model/discovery/candidate.ts';
import type { EngineFacts } from '../../model/engine-facts.ts';
import type { Host } from '../host.ts';
import { readStateFacts } from './state-directories.ts';
import { versionOf } from './state-file.ts';
import type { StateRoots } from './state-roots.ts';
import { parseSupervisor } from './supervisor.ts';

type Entry = {
  readonly facts: EngineFacts | null;
  /** Of the file that the facts are from. */
  readonly version: string | null;
  readonly dueUs: number;
  /** What the next wait will be. */
  readonly waitUs: number;
};

/** Names and states change by hand, not by the tick: a file is looked at again this often, and read if it changed. */
const RECHECK_US = 2_000_000;
/** A container that no state directory knows is asked after ever more rarely; one that is starting may soon have one. */
const FIRST_RETRY_US = 500_000;
const LAST_RETRY_US = 60_000_000;

/** Facts from state directories, kept between ticks. */
export function openStateCache(host: Host, roots: StateRoots) {
  const entries = new Map<string, Entry>();
  let sweptUs = host.monotonicUs();

  const read = (candidate: Candidate, argv: readonly string[] | null, nowUs: number, waitUs: number): Entry => {
    const facts = readStateFacts(host, roots, candidate, argv === null ? null : parseSupervisor(argv));
    if (facts === null) {
      return { facts, version: null, dueUs: nowUs + waitUs, waitUs: Math.min(waitUs * 2, LAST_RETRY_US) };
    }
    return { facts, version: versionOf(host, facts.source), dueUs: nowUs + RECHECK_US, waitUs: FIRST_RETRY_US };
  };

  const sweep = (nowUs: number) => {
    if (nowUs - sweptUs < LAST_RETRY_US) return;
    sweptUs = nowUs;
    // Nobody asked for it since it was due: it ended.
    for (const [key, entry] of entries) if (entry.dueUs + LAST_RETRY_US < nowUs) entries.delete(key);
  };

  return {
    facts(candidate: Candidate, argv: readonly string[] | null): EngineFacts | null {
      const nowUs = host.monotonicUs();
      sweep(nowUs);
      const known = entries.get(candidate.key);
      if (known !== undefined && nowUs < known.dueUs) return known.facts;
      const same = known?.version != null && versionOf(host, known.facts?.source ?? '') === known.version;
      const entry = same
        ? { ...known, dueUs: nowUs + RECHECK_US }
        : read(candidate, argv, nowUs, known?.waitUs ?? FIRST_RETRY_US);
      entries.set(candidate.key, entry);
      return entry.facts;
    },
  };
}
