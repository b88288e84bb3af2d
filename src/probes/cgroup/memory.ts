import type { CgroupSample } from '../../model/cgroup/sample.ts';
import type { Reading } from '../../model/reading.ts';
import type { FileSet } from './board.ts';
import { absent, chainOf, derived, figureOf, type Live } from './figures.ts';
import { type FlatKeyed, keyOf, parseCount, parseFlatKeyed, parseLimit } from './file-formats.ts';
import type { Place, Places } from './places.ts';

/** What `kernel` of memory.stat sums, for kernels that do not write that line yet (before 5.18). Bytes. */
const KERNEL_KEYS = ['kernel_stack', 'pagetables', 'percpu', 'slab', 'vmalloc'] as const;

/** v2 `memory.stat`: memory of the kernel charged to the group, in bytes. */
export function kernelMemory(stat: FlatKeyed, path: string): Reading<number> {
  if (stat['kernel'] !== undefined || stat['slab'] === undefined) {
    return keyOf(stat, 'kernel', path);
  }
  return { status: 'ok', value: KERNEL_KEYS.reduce((total, key) => total + (stat[key] ?? 0), 0) };
}

/** v1 `memory.stat`: swap of the group and all below, in bytes; the line is there only with swap accounting. */
export function totalSwap(stat: FlatKeyed, path: string): Reading<number> {
  return keyOf(stat, 'total_swap', path);
}

/** v1 `memory.oom_control` and v2 `memory.events`: processes killed for want of memory. */
function oomKills(events: FlatKeyed, path: string): Reading<number> {
  return keyOf(events, 'oom_kill', path);
}

/** v2 `memory.events`: how often the group ran into memory.max, which is what v1's `memory.failcnt` counts. */
function maxEvents(events: FlatKeyed, path: string): Reading<number> {
  return keyOf(events, 'max', path);
}

type MemoryFigures = CgroupSample['memory'];

/** The memory files of one container: Documentation/admin-guide/cgroup-v1/memory.rst, cgroup-v2.rst. */
export function memoryFigures(files: FileSet, places: Places): Live<MemoryFigures> {
  const place = places.controller('memory', 'memory');
  if (place === null || place === 'root') {
    const figures = withoutMemory(place);
    return () => figures;
  }
  return place.version === 1 ? v1Figures(files, place) : v2Figures(files, place);
}

function v1Figures(files: FileSet, place: Place): Live<MemoryFigures> {
  const usageBytes = figureOf(files, place, 'memory.usage_in_bytes', parseCount);
  const stat = figureOf(files, place, 'memory.stat', parseFlatKeyed);
  const limits = chainOf(files, place.groups, 'memory.limit_in_bytes', parseLimit);
  const memswLimits = chainOf(files, place.groups, 'memory.memsw.limit_in_bytes', parseLimit);
  const softLimitBytes = figureOf(files, place, 'memory.soft_limit_in_bytes', parseLimit, 'setting');
  const swapUsageBytes = derived(stat, totalSwap);
  const kernelBytes = figureOf(files, place, 'memory.kmem.usage_in_bytes', parseCount, 'setting');
  const kills = derived(figureOf(files, place, 'memory.oom_control', parseFlatKeyed, 'setting'), oomKills);
  const failCount = figureOf(files, place, 'memory.failcnt', parseCount, 'setting');
  const highBytes = absent<never>('memory.high')();
  const lowBytes = absent<never>('memory.low')();
  return () => ({
    usageBytes: usageBytes(),
    stat: stat(),
    limits: limits(),
    swapLimits: [],
    memswLimits: memswLimits(),
    highBytes,
    lowBytes,
    softLimitBytes: softLimitBytes(),
    swapUsageBytes: swapUsageBytes(),
    kernelBytes: kernelBytes(),
    oomKills: kills(),
    failCount: failCount(),
  });
}

function v2Figures(files: FileSet, place: Place): Live<MemoryFigures> {
  const usageBytes = figureOf(files, place, 'memory.current', parseCount);
  const stat = figureOf(files, place, 'memory.stat', parseFlatKeyed);
  const events = figureOf(files, place, 'memory.events', parseFlatKeyed, 'setting');
  const limits = chainOf(files, place.groups, 'memory.max', parseLimit);
  const swapLimits = chainOf(files, place.groups, 'memory.swap.max', parseLimit);
  const highBytes = figureOf(files, place, 'memory.high', parseLimit, 'setting');
  const lowBytes = figureOf(files, place, 'memory.low', parseLimit, 'setting');
  const swapUsageBytes = figureOf(files, place, 'memory.swap.current', parseCount);
  const kernelBytes = derived(stat, kernelMemory);
  const kills = derived(events, oomKills);
  const failCount = derived(events, maxEvents);
  const softLimitBytes = absent<never>('memory.soft_limit_in_bytes')();
  return () => ({
    usageBytes: usageBytes(),
    stat: stat(),
    limits: limits(),
    swapLimits: swapLimits(),
    memswLimits: [],
    highBytes: highBytes(),
    lowBytes: lowBytes(),
    softLimitBytes,
    swapUsageBytes: swapUsageBytes(),
    kernelBytes: kernelBytes(),
    oomKills: kills(),
    failCount: failCount(),
  });
}

function withoutMemory(place: 'root' | null): MemoryFigures {
  const nothing = absent<never>('memory.current')();
  return {
    usageBytes: nothing,
    stat: nothing,
    limits: place && [],
    swapLimits: place && [],
    memswLimits: [],
    highBytes: nothing,
    lowBytes: nothing,
    softLimitBytes: nothing,
    swapUsageBytes: nothing,
    kernelBytes: nothing,
    oomKills: nothing,
    failCount: nothing,
  };
}
