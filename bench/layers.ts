import { buildImage, busyboxImage, type Docker } from '../test/support/engines/docker.ts';
import { launcher } from '../test/support/nsview.ts';
import { inDashboard, startOfNode, tabOpenings } from './dashboard.ts';
import { interleave, median, type Row, timedProgram } from './measure.ts';
import { startDocker } from './populations.ts';

/** With the image's first, the init layer and the writable one. */
const COPIES = 98;
const OPENINGS = 9;

/** 200 directories of 20 files, and what is changed and deleted of the image. */
const CHANGES = `
  for directory in $(seq 200); do
    mkdir -p /srv/$directory
    for file in $(seq 20); do echo $file > /srv/$directory/$file; done
  done
  rm /bin/vi
  chmod 700 /bin`;

/** A container of 101 branches, and one of three with some 4,200 changes. */
async function startContainers(docker: Docker['docker'], workDir: string): Promise<void> {
  const copies = Array.from({ length: COPIES }, (_, at) => `COPY f /place-${at % 30}/file-${at}`);
  await buildImage(docker, workDir, 'deep', [`FROM ${busyboxImage}`, ...copies].join('\n'), { f: 'x' });
  const run = ['run', '-d', '--network', 'none', '--name'];
  await docker(...run, 'deep', 'deep', 'sleep', '1000000');
  await docker(...run, 'changed', busyboxImage, 'sleep', '1000000');
  await docker('exec', 'changed', 'sh', '-c', CHANGES);
}

/** The Layers tab of a container with 101 branches as a key opens it; its commands beside Docker's and Node's start. */
export async function benchLayers(): Promise<Row[]> {
  const population = await startDocker();
  try {
    const { docker, socket } = population.docker;
    await startContainers(docker, population.workDir);

    const openings = await inDashboard(`docker=${socket}`, async (terminal) => {
      terminal.type('/deep');
      terminal.press('enter');
      return tabOpenings(terminal, '5', 'place-29', OPENINGS);
    });
    const dockerDiff = (name: string) => timedProgram('docker', '-H', `unix://${socket}`, 'diff', name);
    const ours = (verb: string, name: string) => timedProgram(launcher, verb, name);
    const [layers = 0, few = 0, fewOfDocker = 0, many = 0, manyOfDocker = 0, node = 0] = await interleave(
      9,
      () => ours('layers', 'deep'),
      () => ours('diff', 'deep'),
      () => dockerDiff('deep'),
      () => ours('diff', 'changed'),
      () => dockerDiff('changed'),
      () => timedProgram(process.execPath, '-e', '0'),
    );
    return [
      {
        what: 'the Layers tab of 101 branches, opened first',
        ours: openings[0] ?? 0,
        peer: null,
        unit: 'ms',
        target: 50,
      },
      { what: 'the same opened again', ours: median(openings.slice(1)), peer: null, unit: 'ms', target: 50 },
      {
        what: 'nsview layers of 101 branches',
        ours: layers,
        peer: { name: 'node -e 0', value: node },
        unit: 'ms',
        target: null,
      },
      {
        what: 'nsview diff of no change in 101 branches',
        ours: few,
        peer: { name: 'docker diff', value: fewOfDocker },
        unit: 'ms',
        target: 1,
      },
      {
        what: 'nsview diff of 4,200 changes',
        ours: many,
        peer: { name: 'docker diff', value: manyOfDocker },
        unit: 'ms',
        target: 1,
      },
      startOfNode(),
    ];
  } finally {
    await population.stop();
  }
}
