import { buildProcfs } from '../src/model/procview/build-procfs.ts';
import { PACKAGED } from '../src/model/procview/options.ts';
import { statView } from '../src/model/procview/stat.ts';
import type { StatRecord } from '../src/model/procview/stat-view.ts';
import { NO_HISTORY, viewOf } from '../src/model/procview/view.ts';
import { valueOr } from '../src/model/reading.ts';
import { cgroupLayout } from '../src/probes/cgroup/layout.ts';
import { openHost } from '../src/probes/open-host.ts';
import { readMountinfo } from '../src/probes/proc/mountinfo.ts';
import { readProcfs } from '../src/probes/procview/read-procfs.ts';
import { QUICK_FILES } from '../src/probes/procview/view-input.ts';
import { openHarness } from '../test/support/lxcfs/harness.ts';
import { makeWorld, randomFrom } from '../test/support/lxcfs/states.ts';
import { whyNoLxcfs } from '../test/support/lxcfs/why-no-lxcfs.ts';
import { interleave, type Row, timed, timedProgram } from './measure.ts';

const WORLDS = 1000;
const STEPS = 5;
const LOOKS = 100;

/** All files of one container, read and computed; and as many made-up states as the suite has no time for. */
export async function benchLxcfs(): Promise<Row[]> {
  const host = openHost();
  const layout = cgroupLayout(valueOr(readMountinfo(host, 'self'), []));
  const mountinfo = valueOr(readMountinfo(host, process.pid), []);
  const look = () => {
    buildProcfs(readProcfs(host, process.pid, { layout, mountinfo, files: QUICK_FILES }), null, null);
  };
  look();
  const [ours = 0, node = 0] = await interleave(
    15,
    () => timed(look),
    () => timedProgram(process.execPath, '-e', '0'),
  );
  const before = process.cpuUsage();
  for (let looks = 0; looks < LOOKS; looks += 1) look();
  const { user, system } = process.cpuUsage(before);
  host.close();
  const rows: Row[] = [
    { what: '/proc of one container', ours, peer: { name: 'node -e 0', value: node }, unit: 'ms', target: 0.1 },
    {
      what: 'CPU time of the /proc tab, one look a second',
      ours: (user + system) / 1000 / LOOKS,
      peer: { name: 'a core', value: 1000 },
      unit: 'ms',
      target: 0.01,
    },
  ];
  const missing = whyNoLxcfs();
  if (missing !== null) {
    console.log(`skipped: states of the real lxcfs: ${missing}`);
    return rows;
  }
  console.log(await compareStates(Date.now() % 1_000_000));
  return rows;
}

async function compareStates(seed: number): Promise<string> {
  const harness = await openHarness(['--enable-cfs']);
  const random = randomFrom(seed);
  const options = { ...PACKAGED, cfs: true };
  let compared = 0;
  let different = 0;
  try {
    for (let made = 0; made < WORLDS; made += 1) {
      const world = makeWorld(random, `w${made}`);
      let stat: StatRecord | null = null;
      for (let step = 0; step < STEPS; step += 1) {
        const input = world.next();
        const answers = await harness.answers(input, QUICK_FILES);
        for (const [index, file] of QUICK_FILES.entries()) {
          compared += 1;
          const ours = viewOf(file, input, { release: '5.0.3', options }, { ...NO_HISTORY, stat });
          different += ours === answers[index] ? 0 : 1;
        }
        stat = statView(input, '5.0.3', options, stat).record;
      }
    }
  } finally {
    await harness.close();
  }
  return `lxcfs 5.0.3: ${compared} answers compared, ${different} different, seed ${seed}`;
}
