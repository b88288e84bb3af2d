import type { ViewInput } from '../../../src/model/procview/input.ts';
import { EMPTY_INPUT, initStat } from '../lxcfs-captures.ts';
import { bytes, cpuinfo, cpuset, meminfo, type Random, STILL, stat, value } from './states.ts';

/** A group of version 2. `swap`: whether lxcfs finds that swap is accounted. */
export function makeUnifiedState(random: Random, name: string, swap: boolean): ViewInput {
  const possible = 1 + random.below(9);
  const online = Array.from({ length: possible }, (_, cpu) => cpu).filter((cpu) => cpu === 0 || !random.once(9));
  const depth = random.below(3);
  const path = [`/${name}`, '/x', '/y.slice'].slice(0, depth + 1).join('');
  const files: { [key: string]: string } = { 'unified:/:cpu.pressure': PSI(1), 'unified:/:memory.pressure': PSI(2) };
  const put = (file: string, text: string) => {
    if (!random.once(12)) files[`unified:${file}`] = text;
  };
  const chain = path.split('/').map((_, index, names) => names.slice(0, names.length - index).join('/'));
  for (const at of chain.slice(0, -1)) {
    const limit = () => (random.once(2) ? 'max' : bytes(random));
    put(`${at}:memory.max`, value(random, limit()));
    put(`${at}:memory.current`, value(random, bytes(random)));
    put(`${at}:memory.swap.max`, value(random, limit()));
    put(`${at}:memory.swap.current`, value(random, bytes(random)));
    put(
      `${at}:cpu.max`,
      `${random.of(['max', 'max', '50000', '150000', '333333', '1000'])} ${random.of([100_000, 50_000])}\n`,
    );
    put(`${at}:cpuset.cpus`, random.once(2) ? '\n' : cpuset(random, { possible, online }));
    put(`${at}:cpuset.cpus.effective`, cpuset(random, { possible, online }));
  }
  files['unified:/:cpuset.cpus.effective'] = `0-${possible - 1}\n`;
  const fields = UNIFIED_STAT.filter(() => !random.once(40)).map((field) => `${field} ${bytes(random)}\n`);
  put(`${path}:memory.stat`, fields.join(''));
  put(`${path}:cpu.pressure`, PSI(3));
  put(`${path}:memory.pressure`, random.once(9) ? '' : PSI(4));
  const host = Array.from({ length: possible }, () => Array.from({ length: 10 }, () => random.below(20_000)));
  const paths = Object.fromEntries(['cpuset', 'cpu', 'io', 'memory', 'pids'].map((controller) => [controller, path]));
  return {
    ...EMPTY_INPUT,
    version: 2,
    viewer: { pid: 2, paths },
    init: { stat: initStat('(sleep)', 1000), cpuacctPath: null },
    cgroups: files,
    host: {
      meminfo: meminfo(random),
      stat: stat({ possible, online }, { host, own: [] }),
      cpuinfo: cpuinfo({ possible, online }),
      ...STILL,
      uptime: '5000.50 1.00\n',
      'cpu/possible': `0-${possible - 1}\n`,
      'cpu/online': `${online.join(',')}\n`,
      'pressure/cpu': PSI(5),
      'pressure/memory': PSI(6),
      'pressure/io': PSI(7),
    },
    bootTime: { seconds: 5000, nanoseconds: random.below(1e9) },
    swapAccounted: swap,
    zswapAccounted: swap,
  };
}

const PSI = (avg: number) => `some avg10=${avg}.00 avg60=0.00 avg300=0.00 total=${avg}\n`;

const UNIFIED_STAT = [
  'anon',
  'file',
  'kernel',
  'slab',
  'zswap',
  'zswapped',
  'file_mapped',
  'file_dirty',
  'shmem',
  'shmem_thp',
  'inactive_anon',
  'active_anon',
  'inactive_file',
  'active_file',
  'unevictable',
  'slab_reclaimable',
  'slab_unreclaimable',
  'pgfault',
  'zswpin',
];
