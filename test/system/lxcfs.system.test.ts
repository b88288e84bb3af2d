import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ViewFile } from '../../src/model/procview/input.ts';
import { PACKAGED } from '../../src/model/procview/options.ts';
import { statView } from '../../src/model/procview/stat.ts';
import type { StatRecord } from '../../src/model/procview/stat-view.ts';
import { NO_HISTORY, viewOf } from '../../src/model/procview/view.ts';
import { type Harness, openHarness } from '../support/lxcfs/harness.ts';
import { makeWorld, randomFrom } from '../support/lxcfs/states.ts';
import { whyNoLxcfs } from '../support/lxcfs/why-no-lxcfs.ts';

const missing = whyNoLxcfs();
if (missing !== null) console.log(`skipped: the real lxcfs: ${missing}`);

const FILES: readonly ViewFile[] = [
  'meminfo',
  'swaps',
  'cpuinfo',
  'stat',
  'uptime',
  'cpu/online',
  'diskstats',
  'slabinfo',
  'loadavg',
];

describe.skipIf(missing !== null)('the real lxcfs 5.0.3 on made-up files', () => {
  const seed = Number(process.env['NSVIEW_SEED'] ?? Date.now() % 1_000_000);

  describe.each([
    { flags: [], worlds: 600, steps: 1 },
    { flags: ['--enable-cfs'], worlds: 120, steps: 5 },
    { flags: ['-u'], worlds: 100, steps: 1 },
  ])('with flags $flags', ({ flags, worlds, steps }) => {
    let harness: Harness;
    beforeAll(async () => {
      harness = await openHarness(flags);
    });
    afterAll(async () => {
      await harness?.close();
    });

    it(`answers as computed in ${worlds * steps} states, seed ${seed}`, { timeout: 300_000 }, async () => {
      const random = randomFrom(seed);
      const options = { ...PACKAGED, cfs: flags.includes('--enable-cfs'), swap: !flags.includes('-u') };
      for (let made = 0; made < worlds; made += 1) {
        const world = makeWorld(random, `w${made}`);
        let record: StatRecord | null = null;
        for (let step = 0; step < steps; step += 1) {
          const input = world.next();
          const answers = await harness.answers(input, FILES);
          for (const [index, file] of FILES.entries()) {
            const ours = viewOf(file, input, { release: '5.0.3', options }, { ...NO_HISTORY, stat: record });
            expect(ours, `${file} of state ${made}.${step}, seed ${seed}: ${JSON.stringify(input)}`).toBe(
              answers[index],
            );
          }
          record = statView(input, '5.0.3', options, record).record;
        }
      }
    });
  });
});
