import { scanUnsigned, wholeUnsigned, wrap } from './c-text.ts';
import { groupFile, groupText, type LxcfsOptions, type LxcfsRelease, pathsAbove, type ViewInput } from './input.ts';

/** Files of the two versions that mean the same to lxcfs. */
const FILES = {
  limit: ['memory.limit_in_bytes', 'memory.max'],
  usage: ['memory.usage_in_bytes', 'memory.current'],
  swapLimit: ['memory.memsw.limit_in_bytes', 'memory.swap.max'],
  swapUsage: ['memory.memsw.usage_in_bytes', 'memory.swap.current'],
  swappiness: ['memory.swappiness', 'memory.swappiness'],
} as const;

const NO_LIMIT = 2n ** 64n - 1n;

/** What lxcfs holds of a memory group, in bytes; null where it then shows the host's file. */
export type MemoryView = {
  readonly usage: bigint | null;
  /** 0: none, except for 7.0.0, where none is 2^64-1. Null: garbled, which only 7.0.0 minds. */
  readonly limit: bigint | null;
  readonly swap: SwapView;
};

/** In kB. `swappiness` 0 means that nothing is swapped. */
type SwapView = { readonly total: bigint; readonly used: bigint; readonly swappiness: bigint };

/**
 * A value of a group. On version 2 that of the nearest group that has one, where `max` is none; the root is asked only
 * for itself. `''`: none; null: an error, which version 1 knows alone.
 */
function valueText(input: ViewInput, path: string, file: keyof typeof FILES): string | null {
  const name = FILES[file][input.version - 1] ?? FILES[file][0];
  const own = groupFile(input, 'memory', path, name);
  if (own !== null && own !== '' && own !== 'max') {
    return own;
  }
  if (input.version === 1) {
    return null;
  }
  for (const above of pathsAbove(path)) {
    const value = above === '/' ? null : groupFile(input, 'memory', above, name);
    if (value !== null && value !== '' && value !== 'max') {
      return value;
    }
  }
  return '';
}

/** The least limit of a group and those above it. */
function leastLimit(input: ViewInput, release: LxcfsRelease, path: string, file: 'limit' | 'swapLimit'): bigint | null {
  const limitAt = (at: string): bigint | null => {
    const text = valueText(input, at, file);
    const value = text === null || text === '' ? null : wholeUnsigned(text);
    if (release === '5.0.3') {
      return value ?? 0n;
    }
    return text === '' ? NO_LIMIT : value;
  };
  let least = limitAt(path);
  for (const above of pathsAbove(path)) {
    if (least === null || (release !== '5.0.3' && least === 0n)) {
      return least;
    }
    const limit = limitAt(above);
    if (limit === null) {
      return null;
    }
    if (limit < least && (limit > 0n || release !== '5.0.3')) {
      least = limit;
    }
  }
  return least;
}

const NO_SWAP: SwapView = { total: 0n, used: 0n, swappiness: 1n };

/** On version 2, 5.0.3 looks for swap in the root group, which has none. */
export function swapIsOn(input: ViewInput, release: LxcfsRelease, options: LxcfsOptions): boolean {
  const inRoot = ['memory.swap.max', 'memory.swap.current'].every((file) => `unified:/:${file}` in input.cgroups);
  return options.swap && (input.version === 2 && release === '5.0.3' ? inRoot : input.swapAccounted);
}

/** What meminfo and swaps have in common. */
export function memoryView(input: ViewInput, release: LxcfsRelease, options: LxcfsOptions, path: string): MemoryView {
  const usageText = valueText(input, path, 'usage');
  const usage = usageText === null ? null : (wholeUnsigned(usageText) ?? 0n);
  const limit = leastLimit(input, release, path, 'limit');
  const on = swapIsOn(input, release, options) && usage !== null && limit !== null;
  return { usage, limit, swap: on ? swapView(input, release, path, usage, limit) : NO_SWAP };
}

function swapView(input: ViewInput, release: LxcfsRelease, path: string, usage: bigint, limit: bigint): SwapView {
  const both = leastLimit(input, release, path, 'swapLimit');
  const usedText = valueText(input, path, 'swapUsage');
  const used = usedText === null ? null : wholeUnsigned(usedText);
  if (both === null || (both === 0n && release === '5.0.3') || used === null) {
    return NO_SWAP;
  }
  const swappiness = wholeUnsigned(valueText(input, path, 'swappiness') ?? '') ?? 1n;
  return input.version === 2
    ? { total: both / 1024n, used: used / 1024n, swappiness }
    : {
        total: limit > both ? 0n : (both - limit) / 1024n,
        used: usage > used ? 0n : (used - usage) / 1024n,
        swappiness,
      };
}

/** Fields of memory.stat in bytes, by the names that they have on version 2; an absent one is 0. */
export type MemoryStat = { readonly [field: string]: bigint };

/**
 * In the order in which lxcfs tries them: a line counts for the first name it begins with. So `total_rss` takes
 * `total_rss_huge`, and on version 2 `file` takes `file_mapped`, and both are lost.
 */
const STAT_V1 = {
  total_cache: 'file',
  total_rss: 'rss',
  total_shmem: 'shmem',
  total_mapped_file: 'mapped',
  total_dirty: 'dirty',
  total_writeback: 'writeback',
  total_inactive_anon: 'inactive_anon',
  total_active_anon: 'active_anon',
  total_inactive_file: 'inactive_file',
  total_active_file: 'active_file',
  total_unevictable: 'unevictable',
};
const STAT_V2 = {
  file: 'file',
  shmem: 'shmem',
  inactive_anon: 'inactive_anon',
  active_anon: 'active_anon',
  inactive_file: 'inactive_file',
  active_file: 'active_file',
  unevictable: 'unevictable',
};
const STAT_V2_NEW = {
  ...STAT_V2,
  'slab ': 'slab',
  slab_reclaimable: 'slab_reclaimable',
  slab_unreclaimable: 'slab_unreclaimable',
  zswapped: 'zswapped',
  zswap: 'zswap',
};

/** Null where the group's memory.stat cannot be read, or is empty. */
export function memoryStat(input: ViewInput, release: LxcfsRelease, path: string): MemoryStat | null {
  const text = groupText(input, 'memory', path, 'memory.stat');
  if (text === null) {
    return null;
  }
  const names = Object.entries(input.version === 1 ? STAT_V1 : release === '5.0.3' ? STAT_V2 : STAT_V2_NEW);
  const stat: { [field: string]: bigint } = {};
  for (const line of text.split('\n')) {
    const [prefix, field] = names.find(([name]) => line.startsWith(name)) ?? [];
    const value = prefix === undefined ? null : scanUnsigned(line.slice(prefix.length));
    if (field !== undefined && value !== null) {
      stat[field] = wrap(value);
    }
  }
  return stat;
}
