import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyLive, keeps } from '../../../src/runtime/cgroups/apply-live.ts';
import type { CgroupFiles } from '../../../src/runtime/cgroups/cgroup-files.ts';
import { type GroupPlaces, liveWrites, withLiveMemory } from '../../../src/runtime/cgroups/live-change.ts';
import { noResources, type Resources } from '../../../src/runtime/cgroups/resources.ts';

const PLACES: GroupPlaces = { v1: { memory: '/memory', cpu: '/cpu', pids: '/pids' }, v2: null, unified: false };
const UNIFIED: GroupPlaces = { v1: {}, v2: '/group', unified: true };
const LIMIT = '/memory/memory.limit_in_bytes';
const SWAP = '/memory/memory.memsw.limit_in_bytes';
const NONE = 2 ** 63 - 4096;

/** Takes what the kernel takes: memory never above memory with swap, in whole pages; a quota within the group above. */
function kernel(memory: number, swap: number, mostCores = 1000): CgroupFiles & { readonly state: Map<string, number> } {
  const state = new Map([
    [LIMIT, memory],
    [SWAP, swap],
    ['/cpu/cpu.cfs_period_us', 100_000],
    ['/cpu/cpu.cfs_quota_us', -1],
  ]);
  return {
    state,
    read: (path) => (state.has(path) ? `${state.get(path)}\n` : null),
    write(path, value) {
      if (!state.has(path)) return 'ENOENT';
      const next = new Map(state);
      next.set(
        path,
        path.startsWith('/memory') ? (value === '-1' ? NONE : Math.floor(Number(value) / 4096) * 4096) : Number(value),
      );
      const quota = next.get('/cpu/cpu.cfs_quota_us') ?? -1;
      if ((next.get(LIMIT) ?? 0) > (next.get(SWAP) ?? 0)) return 'EINVAL';
      if (quota / (next.get('/cpu/cpu.cfs_period_us') ?? 1) > mostCores) return 'EINVAL';
      for (const [key, kept] of next) state.set(key, kept);
      return null;
    },
  };
}

function change(files: CgroupFiles, asked: Partial<Resources>) {
  const full = withLiveMemory({ ...noResources, ...asked }, PLACES, files.read);
  return applyLive(files, liveWrites(PLACES, full, files.read));
}

describe('a live change', () => {
  it('brings memory and swap from any limits to any others', () => {
    const bytes = fc.integer({ min: 1, max: 1000 }).map((pages) => pages * 4096);
    const pair = fc.tuple(bytes, bytes).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
    fc.assert(
      fc.property(pair, pair, ([memory, swap], [memoryBytes, memorySwapBytes]) => {
        const files = kernel(memory, swap);
        expect(change(files, { memoryBytes, memorySwapBytes }).kind).toBe('changed');
        expect([files.state.get(LIMIT), files.state.get(SWAP)]).toEqual([memoryBytes, memorySwapBytes]);
      }),
    );
  });

  it('gives swap too where memory alone rises above both, and leaves it else', () => {
    const files = kernel(4096 * 10, 4096 * 20);
    expect(change(files, { memoryBytes: 4096 * 15 }).kind).toBe('changed');
    expect(files.state.get(SWAP)).toBe(4096 * 20);
    expect(change(files, { memoryBytes: 4096 * 50 }).kind).toBe('changed');
    expect(files.state.get(SWAP)).toBe(4096 * 100);
    expect(change(files, { memoryBytes: 'max' }).kind).toBe('changed');
    expect([files.state.get(LIMIT), files.state.get(SWAP)]).toEqual([NONE, NONE]);
  });

  it('turns period and quota round where only the other order fits the group above', () => {
    const files = kernel(4096, 4096, 1);
    expect(change(files, { cpuPeriodUs: 100_000, cpuQuotaUs: 90_000 }).kind).toBe('changed');
    expect(change(files, { cpuPeriodUs: 50_000, cpuQuotaUs: 40_000 }).kind).toBe('changed');
    expect(files.state.get('/cpu/cpu.cfs_quota_us')).toBe(40_000);
  });

  it('says what was refused and what was done before it', () => {
    const outcome = change(kernel(4096 * 10, 4096 * 10), { cpuQuotaUs: 50_000, pids: 5 });
    expect(outcome).toMatchObject({ kind: 'refused', code: 'ENOENT', results: [{ write: { value: '50000' } }] });
  });

  it('keeps the part of cpu.max that was not asked for', () => {
    const asked = { ...noResources, cpuQuotaUs: 'max' as const };
    expect(liveWrites(UNIFIED, asked, () => '20000 50000\n')).toEqual([
      { file: '/group/cpu.max', value: 'max 50000', optional: false },
    ]);
  });

  it('counts swap of v2 apart from memory', () => {
    const read = (path: string) => (path === '/group/memory.max' ? '1000\n' : null);
    const full = withLiveMemory({ ...noResources, memorySwapBytes: 3000 }, UNIFIED, read);
    expect(liveWrites(UNIFIED, full, read).map(({ file, value }) => `${file} ${value}`)).toEqual([
      '/group/memory.max 1000',
      '/group/memory.swap.max 2000',
    ]);
  });
});

describe('reading back', () => {
  it.each([
    ['/m/memory.limit_in_bytes', '67109000', '67108864\n', true],
    ['/m/memory.limit_in_bytes', '-1', '9223372036854771712\n', true],
    ['/m/memory.limit_in_bytes', '67108864', '33554432\n', false],
    ['/m/memory.limit_in_bytes', '67108864', '67112960\n', false],
    ['/c/cpu.shares', '1', '2\n', false],
    ['/p/pids.max', 'max', 'max\n', true],
    ['/p/pids.max', '20', 'max\n', false],
    ['/c/cpu.max', '20000 100000', '20000 100000\n', true],
    ['/s/cpuset.cpus', '0,1', '0-1\n', true],
    ['/s/cpuset.cpus', '0,1', '\n', false],
    ['/p/pids.max', '20', null, false],
  ])('%s: %s asked and %j kept is %s', (file, value, after, kept) => {
    expect(keeps({ file, value, optional: false }, after)).toBe(kept);
  });
});
