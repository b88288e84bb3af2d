import { eightColumns, linesWithEnds, scanUnsigned, toKib, wrap } from './c-text.ts';
import { fitting, type LxcfsOptions, type LxcfsRelease, type ViewInput, viewerPath } from './input.ts';
import { type MemoryStat, type MemoryView, memoryStat, memoryView, swapIsOn } from './memory.ts';

/** lxcfs's /proc/meminfo: the host's lines, those that it knows replaced. */
export function meminfoView(input: ViewInput, release: LxcfsRelease, options: LxcfsOptions): string {
  const host = input.host.meminfo ?? '';
  const path = viewerPath(input, 'memory');
  if (path === null) {
    return host;
  }
  const view = memoryView(input, release, options, path);
  const stat = memoryStat(input, release, path);
  if (view.usage === null || view.limit === null || stat === null) {
    return host;
  }
  const figureOf = figures(input, release, options, { ...view, usage: view.usage, limit: view.limit }, stat);
  const lines = linesWithEnds(host).map((line) => {
    const label = line.slice(0, line.indexOf(':') + 1);
    const value = figureOf(label, line);
    return value === null ? line : `${label.padEnd(columnOf(release, label))}${eightColumns(value)} kB\n`;
  });
  return fitting(lines.join(''), host);
}

/** Where the value begins: 7.0.0 forgot a blank. */
function columnOf(release: LxcfsRelease, label: string): number {
  return release !== '5.0.3' && label === 'Zswap:' ? 15 : 16;
}

type Known = MemoryView & { readonly usage: bigint; readonly limit: bigint };

/** The value of a label in kB, null where the host's line stays. Total values count for the lines after them. */
function figures(
  input: ViewInput,
  release: LxcfsRelease,
  options: LxcfsOptions,
  view: Known,
  stat: MemoryStat,
): (label: string, line: string) => bigint | null {
  const old = release === '5.0.3';
  const use = toKib(view.usage);
  const field = (name: string) => stat[name] ?? 0n;
  const sum = (...names: readonly string[]) => toKib(names.reduce((total, name) => total + field(name), 0n));
  let limit = toKib(view.limit);
  let swapTotal = view.swap.total;

  const computed: { readonly [label: string]: (line: string) => bigint } = {
    'MemTotal:': (line) => {
      const hostTotal = scanUnsigned(line.slice('MemTotal:'.length)) ?? 0n;
      limit = limit === 0n || hostTotal < limit ? hostTotal : limit;
      return limit;
    },
    'MemFree:': () => wrap(limit - use),
    'MemAvailable:': () =>
      wrap(limit - use + (old ? sum('file') : sum('active_file', 'inactive_file', 'slab_reclaimable'))),
    'SwapTotal:': (line) => {
      if (swapIsOn(input, release, options)) {
        const hostTotal = scanUnsigned(line.slice('SwapTotal:'.length)) ?? 0n;
        swapTotal = input.version === 1 ? wrap(swapTotal + limit) : swapTotal;
        swapTotal = hostTotal < swapTotal ? hostTotal : swapTotal;
        swapTotal = view.swap.swappiness === 0n ? view.swap.used : swapTotal;
      }
      return swapTotal;
    },
    'SwapFree:': () => (swapIsOn(input, release, options) ? wrap(swapTotal - view.swap.used) : 0n),
    'Buffers:': () => 0n,
    'Cached:': () => sum('file'),
    'SwapCached:': () => 0n,
    'Active:': () => sum('active_anon', 'active_file'),
    'Inactive:': () => sum('inactive_anon', 'inactive_file'),
    'Active(anon):': () => sum('active_anon'),
    'Inactive(anon):': () => sum('inactive_anon'),
    'Active(file):': () => sum('active_file'),
    'Inactive(file):': () => sum('inactive_file'),
    'Unevictable:': () => sum('unevictable'),
    'Dirty:': () => sum('dirty'),
    'Writeback:': () => sum('writeback'),
    'AnonPages:': () => toKib(field('active_anon') + field('inactive_anon') - field('shmem')),
    'Mapped:': () => sum('mapped'),
    'Shmem:': () => sum('shmem'),
    'Slab:': () => sum('slab'),
    'SReclaimable:': () => sum('slab_reclaimable'),
    'SUnreclaim:': () => sum('slab_unreclaimable'),
    'AnonHugePages:': () => 0n,
    'ShmemHugePages:': () => 0n,
    'ShmemPmdMapped:': () => 0n,
  };
  const zswap = (name: string) => (options.zswap && input.zswapAccounted ? sum(name) : 0n);
  return (label, line) => {
    if (!old && (label === 'Zswap:' || label === 'Zswapped:')) {
      return zswap(label === 'Zswap:' ? 'zswap' : 'zswapped');
    }
    return Object.hasOwn(computed, label) ? (computed[label]?.(line) ?? null) : null;
  };
}
