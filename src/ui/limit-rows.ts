import { type ChainController, chainControllers } from '../model/cgroup/look.ts';
import type { LimitKey } from '../model/limit-edit.ts';

/** Which limit is changed on which line of the Cgroup tab, by the figure's name in the document. */
const LIMITS: { readonly [figure: string]: LimitKey } = {
  'cpu.limitCores': 'cpus',
  'cpu.quotaUs': 'cpuQuota',
  'cpu.shares': 'cpuShares',
  'cpu.weight': 'cpuShares',
  'cpu.cpus': 'cpuset',
  'memory.limitBytes': 'memory',
  'memory.swapLimitBytes': 'memorySwap',
  'memory.softLimitBytes': 'memoryReservation',
  'memory.lowBytes': 'memoryReservation',
  'pids.limit': 'pids',
  'io.readLimit': 'readRate',
  'io.writeLimit': 'writeRate',
};

/** The limit that a line is of; null: it is of none that can be changed. */
export function limitOfLine(key: string | null): LimitKey | null {
  return key === null ? null : (LIMITS[key] ?? null);
}

/** The controller whose groups a line is of; null: none that limits all below. */
export function chainOfLine(key: string | null): ChainController | null {
  if (key === 'cpu.cpus') {
    return 'cpuset';
  }
  return chainControllers.find((controller) => key?.startsWith(`${controller}.`)) ?? null;
}
