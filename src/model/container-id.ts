import type { Candidate } from './discovery/candidate.ts';
import type { ScannedProcess } from './process.ts';

const SHORT = 12;

/** The engine's id, or `pid:PID@STARTTICKS` of the init where no engine has one. */
export function containerId(candidate: Candidate, byPid: ReadonlyMap<number, ScannedProcess>): string {
  if (candidate.id !== null) {
    return candidate.id;
  }
  const pid = candidate.init ?? candidate.pids[0] ?? 0;
  return `pid:${pid}@${byPid.get(pid)?.stat.startTicks ?? 0}`;
}

/** Twelve characters of a hexadecimal id, as every engine shows it; any other id is already short. */
export function shortId(id: string): string {
  return /^[0-9a-f]{32,}$/.test(id) ? id.slice(0, SHORT) : id;
}
