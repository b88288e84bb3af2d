import { buildSnapshot } from '../src/model/build-snapshot.ts';
import { finish } from '../src/model/steps.ts';
import { openSampler } from '../src/probes/collect.ts';
import { openEngines } from '../src/probes/engines/engines.ts';
import { openHost } from '../src/probes/open-host.ts';
import { openProcessScan } from '../src/probes/scan.ts';
import { dockerClient } from '../test/support/engines/docker.ts';
import { launcher } from '../test/support/nsview.ts';
import { interleave, type Row, timed, timedProgram } from './measure.ts';
import { startDockerContainers, startNamespaces } from './populations.ts';

function firstScan(): void {
  const host = openHost({}, { native: true });
  finish(openProcessScan(host).scan());
  host.close();
}

/** ~2,000 processes in ~3,000 namespaces: scans and `ns` against lsns. */
export async function benchScan(): Promise<Row[]> {
  const population = await startNamespaces(500);
  try {
    const host = openHost({}, { native: true });
    const later = openProcessScan(host);
    finish(later.scan());
    const [first = 0, tick = 0, lsns = 0, ns = 0, lsnsJson = 0] = await interleave(
      7,
      () => timed(firstScan),
      () => timed(() => finish(later.scan())),
      () => timedProgram('lsns'),
      () => timedProgram(launcher, 'ns', '--json', '--engine', 'none'),
      () => timedProgram('lsns', '--json'),
    );
    host.close();
    return [
      { what: 'first scan', ours: first, peer: { name: 'lsns', value: lsns }, unit: 'ms', target: 0.25 },
      { what: 'later tick', ours: tick, peer: { name: 'lsns', value: lsns }, unit: 'ms', target: 0.05 },
      {
        what: 'nsview ns --json',
        ours: ns,
        peer: { name: 'lsns --json', value: lsnsJson },
        unit: 'ms',
        target: 0.5,
      },
    ];
  } finally {
    await population.stop();
  }
}

/** All figures of 100 Docker containers, once per second, against `docker stats --no-stream`. */
export async function benchDockerStats(): Promise<Row[]> {
  const population = await startDockerContainers(100);
  try {
    const host = openHost();
    const engines = openEngines(host, { kind: 'none' }, { env: {} });
    const sampler = openSampler(host, engines);
    const want = {
      detail: 'none',
      figures: 'all',
      stopped: false,
      network: true,
      namespaces: false,
      walkLayersUs: 0,
      procfs: false,
    } as const;
    let previous = finish(sampler.sample(want));
    const tick = () => {
      const sample = finish(sampler.sample(want));
      buildSnapshot(sample, previous);
      previous = sample;
    };
    const docker = dockerClient(population.socket, '/nonexistent');
    const [ours = 0, theirs = 0] = await interleave(
      5,
      () => timed(tick),
      async () => {
        const start = performance.now();
        await docker('stats', '--no-stream');
        return performance.now() - start;
      },
    );
    engines.close();
    sampler.close();
    const peer = { name: 'docker stats --no-stream', value: theirs };
    return [{ what: 'tick over 100 containers', ours, peer, unit: 'ms', target: 0.01 }];
  } finally {
    await population.stop();
  }
}
