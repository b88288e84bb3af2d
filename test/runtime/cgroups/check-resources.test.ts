import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkResources } from '../../../src/runtime/cgroups/check-resources.ts';
import { parseCpuList } from '../../../src/runtime/cgroups/cpu-list.ts';
import { noResources, type Resources } from '../../../src/runtime/cgroups/resources.ts';
import { weightOfShares } from '../../../src/runtime/cgroups/values-v2.ts';

const MIB = 2 ** 20;
const HOST = { cpus: 2, onlineCpus: '0-1\n', memoryBytes: 512 * MIB + 4096 };

describe('checkResources', () => {
  it.each<[Partial<Resources>, string, string]>([
    [{ cpuQuotaUs: 900_000 }, '--cpus', '9 CPUs are asked for and this host has 2'],
    [{ cpuQuotaUs: 999 }, '--cpu-quota', 'below'],
    [{ cpuPeriodUs: 999 }, '--cpu-period', 'within 1000 and 1000000'],
    [{ cpuPeriodUs: 1_000_001 }, '--cpu-period', 'within'],
    [{ cpuShares: 1 }, '--cpu-shares', 'within 2'],
    [{ cpusetCpus: '0-5' }, '--cpuset-cpus', '0-5 is asked for and this host has 0-1'],
    [{ cpusetCpus: 'all' }, '--cpuset-cpus', 'no list'],
    [{ memoryBytes: MIB }, '--memory', '6m'],
    [{ memoryBytes: 64 * MIB, memorySwapBytes: 32 * MIB }, '--memory-swap', 'below --memory'],
    [{ memoryBytes: 'max', memorySwapBytes: 32 * MIB }, '--memory-swap', 'memory needs a limit'],
    [{ memorySwapBytes: 32 * MIB }, '--memory-swap', 'memory needs a limit'],
    [{ memoryBytes: 64 * MIB, memoryReservationBytes: 65 * MIB }, '--memory-reservation', 'above --memory'],
    [{ memoryBytes: 512 * MIB + 4097 }, '--memory', '513m is asked for and this host has 512m \\(6m to 512m'],
    [{ memoryReservationBytes: 4096 * MIB }, '--memory-reservation', '4096m is asked for and this host has 512m'],
    [{ pids: 0 }, '--pids-limit', 'from 1'],
    [{ pids: 4_194_305 }, '--pids-limit', 'to 4194304'],
  ])('%j is refused', (asked, flag, why) => {
    expect(checkResources({ ...noResources, ...asked }, HOST)).toEqual({
      flag,
      why: expect.stringMatching(new RegExp(`${why}[^\\n]*$`)),
    });
  });

  it.each<Partial<Resources>>([
    {},
    { cpuQuotaUs: 200_000 },
    { cpuQuotaUs: 'max' },
    { cpuQuotaUs: 1_000_000, cpuPeriodUs: 500_000 },
    { cpusetCpus: '1' },
    { memoryBytes: 64 * MIB, memorySwapBytes: 64 * MIB, memoryReservationBytes: 64 * MIB },
    { memoryBytes: 64 * MIB, memorySwapBytes: 'max' },
    { memoryBytes: 512 * MIB + 4096, memorySwapBytes: 1024 * MIB },
    { memoryBytes: 'max', memorySwapBytes: 'max' },
    { pids: 4_194_304 },
    { pids: 'max' },
  ])('%j is allowed', (asked) => {
    expect(checkResources({ ...noResources, ...asked }, HOST)).toBeNull();
  });
});

it('reads every list of CPUs that the kernel can write', () => {
  const cpus = fc.uniqueArray(fc.nat(300), { minLength: 1 }).map((list) => list.sort((a, b) => a - b));
  fc.assert(
    fc.property(cpus, (list) => {
      expect(parseCpuList(list.join(','))).toEqual(list);
    }),
  );
  expect(parseCpuList('0-2,5\n')).toEqual([0, 1, 2, 5]);
  for (const wrong of ['', 'a', '1-', '3-1', '1,,2', '-1', '0-99999']) expect(parseCpuList(wrong)).toBeNull();
});

it('weights rise with shares, within what the kernel takes', () => {
  expect([2, 1024, 262_144].map(weightOfShares)).toEqual([1, 100, 10_000]);
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 262_143 }), (shares) => {
      expect(weightOfShares(shares)).toBeLessThanOrEqual(weightOfShares(shares + 1));
      expect(weightOfShares(shares)).toBeGreaterThanOrEqual(1);
    }),
  );
});
