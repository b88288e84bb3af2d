import type { ViewInput } from '../../../src/model/procview/input.ts';
import { EMPTY_INPUT, initStat } from '../lxcfs-captures.ts';

/** Made-up states of a host and a group, odd ones among them. The same seed makes the same states. */
export type Random = {
  /** From 0 to below `end`. */
  readonly below: (end: number) => number;
  readonly of: <T>(choices: readonly T[]) => T;
  readonly once: (times: number) => boolean;
};

/** Mulberry32. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number) => Math.floor(next() * end);
  return {
    below,
    of: (choices) => choices[below(choices.length)] as (typeof choices)[number],
    once: (times) => below(times) === 0,
  };
}

const MEMINFO = [
  'MemTotal',
  'MemFree',
  'MemAvailable',
  'Buffers',
  'Cached',
  'SwapCached',
  'Active',
  'Inactive',
  'Active(anon)',
  'Inactive(anon)',
  'Active(file)',
  'Inactive(file)',
  'Unevictable',
  'Mlocked',
  'SwapTotal',
  'SwapFree',
  'Zswap',
  'Zswapped',
  'Dirty',
  'Writeback',
  'AnonPages',
  'Mapped',
  'Shmem',
  'KReclaimable',
  'Slab',
  'SReclaimable',
  'SUnreclaim',
  'KernelStack',
  'PageTables',
  'Committed_AS',
  'VmallocTotal',
  'AnonHugePages',
  'ShmemHugePages',
  'ShmemPmdMapped',
  'FileHugePages',
  'HugePages_Total',
  'Hugepagesize',
  'DirectMap4k',
];
const MEMORY_STAT = [
  'cache',
  'rss',
  'rss_huge',
  'shmem',
  'mapped_file',
  'dirty',
  'writeback',
  'swap',
  'inactive_anon',
  'active_anon',
  'inactive_file',
  'active_file',
  'unevictable',
];

const UNLIMITED = '9223372036854771712';
const PAGE = 4096;
/** What no kernel writes, and what overflows. */
const ODD = ['', '\n', 'max\n', '-1\n', '12x\n', '0\n', ' 77\n', '18446744073709551615\n', '18446744073709551616\n'];

type Cpus = { readonly possible: number; readonly online: readonly number[] };

export function bytes(random: Random): string {
  return String(random.below(random.of([4, 65536, 2_000_000])) * PAGE);
}

export function value(random: Random, usual: string): string {
  return random.once(25) ? random.of(ODD) : `${usual}\n`;
}

export function meminfo(random: Random): string {
  const names = random.once(20) ? [...MEMINFO].sort(() => random.below(3) - 1) : MEMINFO;
  return names
    .filter((name) => name === 'MemTotal' || !random.once(60))
    .map((name) => {
      const swap = name.startsWith('Swap') ? random.of([0, 2_097_148, 134_217_724]) : random.below(30_000_000);
      const figure = name === 'MemTotal' ? 1_000_000 + random.below(30_000_000) : swap;
      return `${`${name}:`.padEnd(16)}${String(figure).padStart(8)} kB\n`;
    })
    .join('');
}

export function cpuinfo({ online }: Cpus): string {
  return online.map((cpu) => `processor\t: ${cpu}\nmodel name\t: Made up\ncore id\t\t: ${cpu}\n\n`).join('');
}

/** Counters that only grow: ticks of each CPU in ten columns. */
type Counters = { readonly host: number[][]; readonly own: number[][] };

export function stat({ online }: Cpus, { host }: Counters): string {
  const rows = online.map((cpu) => `cpu${cpu} ${(host[cpu] ?? []).join(' ')}\n`);
  const sums = Array.from({ length: 10 }, (_, column) =>
    online.reduce((total, cpu) => total + (host[cpu]?.[column] ?? 0), 0),
  );
  return `cpu  ${sums.join(' ')}\n${rows.join('')}intr 2733946 0 14 7\nctxt 8006605\nbtime 1795465854\nprocs_running 1\n`;
}

export function cpuset(random: Random, { online }: Cpus): string {
  const kept = online.filter(() => !random.once(3));
  const list = random.once(4) ? `${online[0]}-${online.at(-1)}` : kept.join(',');
  return random.once(12) ? '\n' : `${list}\n`;
}

/** One group with its ancestors and its host, whose next states follow from it. */
export type World = {
  readonly path: string;
  readonly next: () => ViewInput;
};

export function makeWorld(random: Random, name: string): World {
  const possible = 1 + random.below(9);
  const all = Array.from({ length: possible }, (_, cpu) => cpu);
  const online = random.once(5) ? all.filter((cpu) => cpu === 0 || !random.once(4)) : all;
  const cpus: Cpus = { possible, online };
  const depth = random.below(3);
  const path = [`/${name}`, '/x', '/y.slice'].slice(0, depth + 1).join('') + (random.once(20) ? '/init.scope' : '');
  const counters: Counters = {
    host: all.map(() => Array.from({ length: 10 }, (_, column) => (column > 7 ? 0 : random.below(20_000)))),
    own: all.map(() => [random.below(900_000_000), random.below(300_000_000)]),
  };
  const sets = cpuset(random, cpus);
  const quota = random.of(['-1', '-1', '50000', '150000', '100000', '333333', '1000', '0', '700000']);
  const period = random.of(['100000', '100000', '50000', '33333']);
  const startTicks = random.of([0, 1, 1000, 4128, 90_001]);
  let seconds = 1000 + random.below(100_000);

  function next(): ViewInput {
    seconds += random.below(20);
    for (const cpu of all) {
      counters.host[cpu] = (counters.host[cpu] ?? []).map((tick, column) =>
        column > 7 ? 0 : tick + random.below(400),
      );
      counters.own[cpu] = (counters.own[cpu] ?? []).map((used) =>
        random.once(200) ? 0 : used + random.below(random.of([10_000, 90_000_000, 3_000_000_000])),
      );
    }
    const group = path.endsWith('/init.scope') ? path.slice(0, -'/init.scope'.length) : path;
    const files: { [key: string]: string } = {};
    const put = (key: string, text: string) => {
      if (!random.once(80)) files[key] = text;
    };
    memoryFiles(random, group, put);
    put(`cpuset:${group}:cpuset.cpus`, sets);
    put('cpuset:/:cpuset.cpus', `0-${possible - 1}\n`);
    put(`cpu:${group}:cpu.cfs_quota_us`, value(random, quota));
    put(`cpu:${group}:cpu.cfs_period_us`, value(random, period));
    files[`cpu:${group}:cpu.shares`] = '1024\n';
    const rows = counters.own.map(([user, system], cpu) => `${cpu} ${user} ${system}\n`).join('');
    if (random.once(40))
      put(`cpuacct:${group}:cpuacct.usage_percpu`, `${counters.own.map(([user]) => user).join(' ')} \n`);
    else put(`cpuacct:${group}:cpuacct.usage_all`, random.once(60) ? rows : `cpu user system\n${rows}`);
    put(`cpuacct:${group}:cpuacct.usage`, value(random, String(random.below(2 ** 40))));
    const comm = random.once(15) ? '(my app)' : '(sleep)';
    const paths = Object.fromEntries(['memory', 'cpuset', 'cpu', 'cpuacct', 'blkio'].map((each) => [each, path]));
    return {
      ...EMPTY_INPUT,
      viewer: { pid: 2, paths },
      init: { stat: initStat(comm, startTicks), cpuacctPath: path },
      cgroups: files,
      host: {
        meminfo: meminfo(random),
        stat: stat(cpus, counters),
        cpuinfo: cpuinfo(cpus),
        ...STILL,
        uptime: `${seconds}.50 1.00\n`,
        'cpu/possible': possible === 1 ? '0\n' : `0-${possible - 1}\n`,
        'cpu/online': `${online.join(',')}\n`,
      },
      bootTime: { seconds, nanoseconds: random.of([0, 125_000_000, 626_999_999, 5_000_000, random.below(1e9)]) },
    };
  }
  return { path: path.replace(/\/init\.scope$/, ''), next };
}

/** Files that lxcfs shows as they are. */
export const STILL = {
  diskstats: '   8       0 sda 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17\n',
  slabinfo: 'slabinfo - version: 2.1\n',
  swaps: 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n',
  loadavg: '0.62 0.71 0.52 6/200 1956\n',
};

function memoryFiles(random: Random, group: string, put: (key: string, text: string) => void): void {
  const chain = group.split('/').map((_, index, names) => names.slice(0, names.length - index).join('/') || '/');
  for (const path of chain) {
    const limit = () => (random.once(3) ? UNLIMITED : bytes(random));
    put(`memory:${path}:memory.limit_in_bytes`, value(random, limit()));
    put(`memory:${path}:memory.memsw.limit_in_bytes`, value(random, limit()));
  }
  const stat = [...MEMORY_STAT, ...MEMORY_STAT.map((name) => `total_${name}`)];
  put(`memory:${group}:memory.usage_in_bytes`, value(random, bytes(random)));
  put(`memory:${group}:memory.memsw.usage_in_bytes`, value(random, bytes(random)));
  put(`memory:${group}:memory.swappiness`, value(random, random.of(['60', '60', '0', '1'])));
  put(
    `memory:${group}:memory.stat`,
    stat
      .filter(() => !random.once(50))
      .map((name) => `${name} ${bytes(random)}\n`)
      .join(''),
  );
}
