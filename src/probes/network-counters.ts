import type { Candidate } from '../model/discovery/candidate.ts';
import { flatMapReading, gone } from '../model/reading.ts';
import type { NetworkSample } from '../model/sample.ts';
import type { Steps } from '../model/steps.ts';
import type { Host } from './host.ts';
import { parseNetDev } from './proc/net-dev.ts';

/** So many are read per tick, the oldest first: each costs more than all of a container's cgroup files. */
const PER_READ = 250;
/** And none is older than so many ticks. */
const MAX_TURNS = 8;
/** So many are read between two steps: some two milliseconds. */
const CHUNK = 100;

const NET_DEV = ['net/dev'];

export type NetworkCounters = {
  /**
   * Interface counters of every container's network namespace, by candidate key, each with the time of its reading and
   * the reading before. New containers are read twice at once, those with the keys `always` each time.
   */
  read(candidates: readonly Candidate[], always: ReadonlySet<string>): Steps<ReadonlyMap<string, NetworkSample>>;
};

/** The files are opened anew each time, since an open file of /proc/PID/net keeps the namespace alive. */
export function openNetworkCounters(host: Host): NetworkCounters {
  let known = new Map<string, NetworkSample>();

  function* read(
    candidates: readonly Candidate[],
    always: ReadonlySet<string>,
  ): Steps<ReadonlyMap<string, NetworkSample>> {
    const next = new Map<string, NetworkSample>();
    const due: Candidate[] = [];
    const later: Candidate[] = [];
    for (const candidate of candidates) {
      const before = known.get(candidate.key);
      if (before === undefined || before.earlier === null || always.has(candidate.key)) {
        due.push(candidate);
      } else {
        next.set(candidate.key, before);
        later.push(candidate);
      }
    }
    const age = ({ key }: Candidate) => known.get(key)?.readAtUs ?? 0;
    later.sort((one, other) => age(one) - age(other));
    due.push(...later.slice(0, Math.max(PER_READ, Math.ceil(candidates.length / MAX_TURNS))));
    for (let start = 0; start < due.length; start += CHUNK) {
      readTogether(due.slice(start, start + CHUNK), next);
      yield;
    }
    known = next;
    return next;
  }

  function readTogether(chunk: readonly Candidate[], next: Map<string, NetworkSample>): void {
    const pids = chunk.map((candidate) => candidate.init ?? candidate.pids[0] ?? 0);
    const before = host.monotonicUs();
    const answers = host.readGroups(pids.map((pid) => ({ dir: `/proc/${pid}`, files: NET_DEV, links: [] })));
    const readAtUs = (before + host.monotonicUs()) / 2;
    for (const [index, { key }] of chunk.entries()) {
      const text = answers[index]?.files[0] ?? gone;
      const devices = flatMapReading(text, (file) => parseNetDev(file, `/proc/${pids[index]}/net/dev`));
      const earlier = known.get(key);
      next.set(key, {
        devices,
        addresses: null,
        readAtUs,
        earlier: earlier === undefined ? null : { devices: earlier.devices, readAtUs: earlier.readAtUs },
      });
    }
  }

  return { read };
}
