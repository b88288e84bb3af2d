import { expect, it } from 'vitest';
import { limitFlags } from '../../../src/cli/run/run-flags.ts';
import { keyOfFlag, parseLimitText } from '../../../src/runtime/cgroups/limit-fields.ts';

it('every flag for a limit has a limit, each its own; the period has none, as it goes with the quota', () => {
  const flags = limitFlags.map(({ long }) => long);
  const keys = flags.map(keyOfFlag);
  expect(flags.filter((_, index) => keys[index] === null)).toEqual(['--cpu-period']);
  expect(new Set(keys).size).toBe(flags.length);
  expect([keyOfFlag('--memory'), keyOfFlag('--memory-swap'), keyOfFlag('--cpu-quota')]).toEqual([
    'memory',
    'memorySwap',
    'cpuQuota',
  ]);
  expect(['', '-m', '--release', 'toString'].map(keyOfFlag)).toEqual([null, null, null, null]);
  expect(parseLimitText(keyOfFlag('--pids-limit') ?? 'cpus', '20')).toEqual({
    asked: { pids: 20 },
    flags: ['--pids-limit', '20'],
  });
});
