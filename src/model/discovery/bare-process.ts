import type { ScannedProcess } from '../process.ts';
import type { Candidate } from './candidate.ts';

/** The evidence of a process that was asked for by its pid and that is in no container. */
const ASKED = 'pid';

/**
 * Those of the pids that are in no container, each as if it were one by itself, so that it can be looked at in the same
 * way. Pids of which there is no process are left out.
 */
export function bareProcesses(
  pids: readonly number[],
  candidates: readonly Candidate[],
  byPid: ReadonlyMap<number, ScannedProcess>,
): readonly Candidate[] {
  return pids
    .filter((pid) => byPid.has(pid) && !candidates.some((candidate) => candidate.pids.includes(pid)))
    .map((pid) => ({
      key: `pid:${pid}`,
      engine: 'unknown',
      id: null,
      name: null,
      pod: null,
      evidence: [ASKED],
      pids: [pid],
      init: pid,
      joined: [],
      execs: [],
      starting: false,
      parent: null,
      supervisor: null,
    }));
}

export function isBareProcess({ evidence }: Pick<Candidate, 'evidence'>): boolean {
  return evidence.includes(ASKED);
}
