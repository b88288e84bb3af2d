import { describe, expect, it } from 'vitest';
import { applyLive } from '../../../src/runtime/cgroups/apply-live.ts';
import { liveLimits } from '../../../src/runtime/cgroups/live-limits.ts';
import { restoreWrites } from '../../../src/runtime/cgroups/restore-live.ts';
import { weightOfShares } from '../../../src/runtime/cgroups/values-v2.ts';

const result = (file: string, value: string, before: string, after: string) => ({
  write: { file: `/cg/${file}`, value, optional: false },
  before,
  after,
});

describe('what puts back what the files said', () => {
  it.each([
    ['cpu.max', 'max 100000', '20000 100000\n', '20000 100000'],
    ['memory.limit_in_bytes', '1048576', '9223372036854771712\n', '9223372036854771712'],
    ['cpuset.cpus', '0', '\n', '\n'],
    ['io.max', '8:0 rbps=1024', '8:0 rbps=max wbps=4096 riops=max wiops=max\n', '8:0 rbps=max'],
    ['io.max', '8:0 rbps=1024', '8:16 rbps=7 wbps=max riops=max wiops=max\n', '8:0 rbps=max'],
    ['io.max', '8:0 wbps=1024', '8:0 rbps=max wbps=4096 riops=max wiops=max\n', '8:0 wbps=4096'],
    ['blkio.throttle.read_bps_device', '8:0 1024', '8:16 7\n8:0 2048\n', '8:0 2048'],
    ['blkio.throttle.read_bps_device', '8:0 1024', '', '8:0 0'],
  ])('%s after %s', (file, value, before, back) => {
    expect(restoreWrites([result(file, value, before, 'else\n')])).toEqual([
      { file: `/cg/${file}`, value: back, optional: false },
    ]);
  });

  it('goes the way back, and leaves alone what did not change', () => {
    const writes = restoreWrites([
      result('a', '1', '0\n', '1\n'),
      result('b', '2', '2\n', '2\n'),
      result('c', '3', '9\n', '3\n'),
    ]);
    expect(writes.map(({ file, value }) => [file, value])).toEqual([
      ['/cg/c', '9'],
      ['/cg/a', '0'],
    ]);
  });

  it('takes quota and period in the order that fits', () => {
    const files = new Map([
      ['/cg/cpu.cfs_quota_us', '100000'],
      ['/cg/cpu.cfs_period_us', '100000'],
    ]);
    const write = (file: string, value: string): string | null => {
      const next = new Map([...files, [file, value]]);
      const ratio = Number(next.get('/cg/cpu.cfs_quota_us')) / Number(next.get('/cg/cpu.cfs_period_us'));
      if (ratio > 1) {
        return 'EINVAL';
      }
      files.set(file, value);
      return null;
    };
    const writes = ['cpu.cfs_quota_us 500000', 'cpu.cfs_period_us 500000'].map((line) => {
      const [file = '', value = ''] = line.split(' ');
      return { file: `/cg/${file}`, value, optional: false };
    });
    expect(applyLive({ read: (file) => files.get(file) ?? null, write }, writes).kind).toBe('changed');
    expect([...files.values()]).toEqual(['500000', '500000']);
  });
});

it('tells the limits of a group of version 2 as they would be asked for', () => {
  const files: { readonly [file: string]: string } = {
    '/cg/cpu.max': 'max 50000\n',
    '/cg/cpu.weight': '100\n',
    '/cg/cpuset.cpus': '\n',
    '/cg/memory.max': '1048576\n',
    '/cg/memory.swap.max': '1048576\n',
    '/cg/memory.low': '0\n',
    '/cg/pids.max': 'max\n',
    '/cg/io.max': '8:0 rbps=1024 wbps=max riops=max wiops=max\n',
  };
  const live = liveLimits({ v1: {}, v2: '/cg', unified: true }, (path) => files[path] ?? null);
  expect(live).toEqual({
    quotaUs: 'max',
    periodUs: 50_000,
    shares: expect.any(Number),
    cpus: '',
    memoryBytes: 1_048_576,
    memorySwapBytes: 2_097_152,
    memoryReservationBytes: 'max',
    pids: 'max',
    readRates: [{ major: 8, minor: 0, bytesPerSecond: 1024 }],
    writeRates: [],
  });
  expect(weightOfShares(live.shares ?? 0)).toBe(100);
  expect(weightOfShares((live.shares ?? 0) - 1)).toBe(99);
});
