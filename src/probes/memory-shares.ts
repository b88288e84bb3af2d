import type { Candidate } from '../model/discovery/candidate.ts';
import { type MemoryShare, type ProcessKey, processKey, type ScannedProcess } from '../model/process.ts';
import { flatMapReading, type Reading } from '../model/reading.ts';
import type { Host } from './host.ts';
import { parseSmapsRollup } from './proc/smaps-rollup.ts';

/** So many of a container's largest processes are asked; the kernel walks all pages of each. */
const LARGEST = 5;
/** So many of them in one sample: a process of 10 GiB takes some ten milliseconds, in which it cannot map anything. */
const PER_SAMPLE = 2;

type MemoryShares = { readonly [pid: number]: Reading<MemoryShare> };

export type ShareReader = {
  /** Of the largest processes of these containers, each as it was read last; those read longest ago are read now. */
  read(candidates: readonly Candidate[], byPid: ReadonlyMap<number, ScannedProcess>): MemoryShares;
};

export function openMemoryShares(host: Host): ShareReader {
  let known = new Map<ProcessKey, { readonly share: Reading<MemoryShare>; readonly turn: number }>();
  let turn = 0;

  function read(candidates: readonly Candidate[], byPid: ReadonlyMap<number, ScannedProcess>): MemoryShares {
    turn += 1;
    const largest = candidates.flatMap(({ pids }) => largestOf(pids, byPid));
    const due = largest
      .map(({ stat }) => ({ stat, turn: known.get(processKey(stat))?.turn ?? 0 }))
      .sort((a, b) => a.turn - b.turn)
      .slice(0, PER_SAMPLE);
    for (const { stat } of due) {
      const path = `/proc/${stat.pid}/smaps_rollup`;
      const share = flatMapReading(host.readText(path, 'gone'), (text) => parseSmapsRollup(text, path));
      known.set(processKey(stat), { share, turn });
    }
    const found: { [pid: number]: Reading<MemoryShare> } = {};
    const next: typeof known = new Map();
    for (const { stat } of largest) {
      const entry = known.get(processKey(stat));
      if (entry !== undefined) {
        next.set(processKey(stat), entry);
        found[stat.pid] = entry.share;
      }
    }
    known = next;
    return found;
  }

  return { read };
}

function largestOf(pids: readonly number[], byPid: ReadonlyMap<number, ScannedProcess>): readonly ScannedProcess[] {
  return pids
    .flatMap((pid) => byPid.get(pid) ?? [])
    .filter(({ stat }) => stat.rssPages > 0)
    .sort((a, b) => b.stat.rssPages - a.stat.rssPages)
    .slice(0, LARGEST);
}
