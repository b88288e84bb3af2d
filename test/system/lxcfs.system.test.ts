import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VIEW_FILES, type ViewFile } from '../../src/model/procview/input.ts';
import { PACKAGED } from '../../src/model/procview/options.ts';
import { statView } from '../../src/model/procview/stat.ts';
import type { StatRecord } from '../../src/model/procview/stat-view.ts';
import { NO_HISTORY, viewOf } from '../../src/model/procview/view.ts';
import { type Harness, openHarness } from '../support/lxcfs/harness.ts';
import { makeWorld, randomFrom } from '../support/lxcfs/states.ts';
import { makeUnifiedState } from '../support/lxcfs/unified-states.ts';
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

const seed = Number(process.env['NSVIEW_SEED'] ?? Date.now() % 1_000_000);

describe.skipIf(missing !== null)('the real lxcfs 5.0.3 on made-up files', () => {
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

/** A program of release 7.0.0, which no distribution that we test on has. */
const newest = process.env['NSVIEW_LXCFS_7'];
if (newest === undefined) console.log('skipped: lxcfs 7.0.0: NSVIEW_LXCFS_7 names no program');

describe.skipIf(missing !== null)('the real lxcfs on made-up groups of version 2', () => {
  describe.each([
    { release: '5.0.3', flags: [], swap: true },
    { release: '5.0.3', flags: ['--enable-cfs'], swap: false },
    { release: '7.0.0', flags: [], swap: true },
    { release: '7.0.0', flags: ['--enable-cfs'], swap: false },
  ] as const)('$release with flags $flags', ({ release, flags, swap }) => {
    const isMissing = release === '7.0.0' && newest === undefined;
    let harness: Harness;
    beforeAll(async () => {
      if (isMissing) return;
      const program = release === '7.0.0' && newest !== undefined ? { lxcfs: newest } : {};
      harness = await openHarness(flags, { version: 2, swap, ...program });
    });
    afterAll(async () => {
      await harness?.close();
    });

    it.skipIf(isMissing)(`answers as computed in 100 states, seed ${seed}`, { timeout: 300_000 }, async () => {
      const random = randomFrom(seed);
      const options = { ...PACKAGED, cfs: flags.some((flag) => flag === '--enable-cfs') };
      for (let made = 0; made < 100; made += 1) {
        const input = makeUnifiedState(random, `w${made}`, swap);
        const answers = await harness.answers(input, VIEW_FILES);
        for (const [index, file] of VIEW_FILES.entries()) {
          const ours = viewOf(file, input, { release, options }, NO_HISTORY);
          expect(ours, `${file} of state ${made}, seed ${seed}: ${JSON.stringify(input)}`).toBe(answers[index]);
        }
      }
    });
  });
});
