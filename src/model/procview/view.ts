import { cpuinfoView, onlineView } from './cpuinfo.ts';
import { diskstatsView } from './diskstats.ts';
import {
  fitting,
  groupText,
  type LxcfsOptions,
  type LxcfsRelease,
  type ViewFile,
  type ViewInput,
  viewerPath,
} from './input.ts';
import { type LoadRecord, loadavgView } from './loadavg.ts';
import { meminfoView } from './meminfo.ts';
import { statView } from './stat.ts';
import type { StatRecord } from './stat-view.ts';
import { swapsView } from './swaps.ts';
import { uptimeView } from './uptime.ts';

/** What a daemon that has been read before remembers of this container. Plain data. */
export type ViewHistory = { readonly stat: StatRecord | null; readonly load: LoadRecord | null };

export const NO_HISTORY: ViewHistory = { stat: null, load: null };

export type Lxcfs = { readonly release: LxcfsRelease; readonly options: LxcfsOptions };

/** The bytes that lxcfs would print; null where that release has no such file, and the kernel's own stays. */
export function viewOf(file: ViewFile, input: ViewInput, lxcfs: Lxcfs, history: ViewHistory): string | null {
  const { release, options } = lxcfs;
  switch (file) {
    case 'meminfo':
      return meminfoView(input, release, options);
    case 'cpuinfo':
      return cpuinfoView(input, release, options);
    case 'stat':
      return statView(input, release, options, history.stat).text;
    case 'uptime':
      return uptimeView(input);
    case 'loadavg':
      return loadavgView(input, options, history.load);
    case 'swaps':
      return swapsView(input, release, options);
    case 'diskstats':
      return diskstatsView(input, release);
    case 'slabinfo':
      return slabinfoView(input);
    case 'cpu/online':
      return onlineView(input, release, options);
    default:
      return release === '5.0.3' ? null : pressureView(input, file);
  }
}

/** The group's, where the kernel still has one: since Linux 5.9 it is empty. */
function slabinfoView(input: ViewInput): string {
  const host = input.host.slabinfo ?? '';
  const path = viewerPath(input, 'memory');
  const file = 'memory.kmem.slabinfo';
  const supported = input.cgroups[`${input.version === 2 ? 'unified' : 'memory'}:/:${file}`] !== undefined;
  const own = path === null || !supported ? null : groupText(input, 'memory', path, file);
  return own === null ? host : fitting(own, host);
}

/** The controllers that lxcfs asks for; `blkio` is none on version 2. */
const PRESSURE = { 'pressure/cpu': 'cpu', 'pressure/memory': 'memory', 'pressure/io': 'blkio' } as const;

function pressureView(input: ViewInput, file: keyof typeof PRESSURE): string {
  const host = input.host[file] ?? '';
  const controller = PRESSURE[file];
  const path = viewerPath(input, controller);
  const name = `${controller}.pressure`;
  const supported = input.cgroups[`unified:/:${name}`] !== undefined;
  const own = path === null || !supported ? null : groupText(input, controller, path, name);
  return own === null ? host : fitting(own, host);
}
