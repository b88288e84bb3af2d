import type { Sample } from '../../src/model/sample.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { finish } from '../../src/model/steps.ts';
import { openSampler, type Want } from '../../src/probes/collect.ts';
import { openEngines } from '../../src/probes/engines/engines.ts';
import { snapshotAt } from '../../src/recording/player.ts';
import { openRecording } from '../../src/recording/read-recording.ts';
import type { MemoryHost } from './memory-host.ts';

const WANT: Want = {
  detail: 'all',
  procfs: false,
  figures: 'all',
  stopped: true,
  network: true,
  namespaces: true,
  walkLayersUs: 0,
  hostGroups: 'load',
};

/** Samples of a captured host, a second apart. */
export function samplesOf(
  host: MemoryHost,
  count: number,
  detail: 'all' | 'none' = 'all',
  alsoPids: readonly number[] = [],
): readonly Sample[] {
  const sampler = openSampler(host, openEngines(host, { kind: 'none' }, { env: {} }));
  return Array.from({ length: count }, () => {
    const sample = finish(sampler.sample({ ...WANT, detail, namespaces: detail === 'all', alsoPids }));
    host.advance(1000);
    return sample;
  });
}

/** What the dashboard would draw of each sample of a recording, or of the last few: a bug report as a test reads it. */
export function snapshotsOf(path: string, last = Number.POSITIVE_INFINITY): readonly Snapshot[] {
  const recording = openRecording(path);
  try {
    const first = Math.max(0, recording.moments.length - last);
    return recording.moments.slice(first).map((_, index) => snapshotAt(recording, first + index));
  } finally {
    recording.close();
  }
}
