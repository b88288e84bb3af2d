import type { Candidate } from '../model/discovery/candidate.ts';
import { flatMapReading, gone } from '../model/reading.ts';
import type { NetworkSample } from '../model/sample.ts';
import type { Host } from './host.ts';
import { parseNetDev } from './proc/net-dev.ts';

/**
 * Interface counters of every container's network namespace, by candidate key: one call for all. The files are opened
 * anew each time, since an open file of /proc/PID/net keeps the namespace alive.
 */
export function readNetworkCounters(host: Host, candidates: readonly Candidate[]): ReadonlyMap<string, NetworkSample> {
  const pids = candidates.map((candidate) => candidate.init ?? candidate.pids[0] ?? 0);
  const answers = host.readGroups(pids.map((pid) => ({ dir: `/proc/${pid}`, files: ['net/dev'], links: [] })));
  return new Map(
    candidates.map(({ key }, index) => {
      const text = answers[index]?.files[0] ?? gone;
      const path = `/proc/${pids[index]}/net/dev`;
      return [key, { devices: flatMapReading(text, (file) => parseNetDev(file, path)), addresses: null }];
    }),
  );
}
