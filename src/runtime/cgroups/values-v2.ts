import type { Limit } from '../../model/limit.ts';
import { DEFAULT_PERIOD_US, type Resources } from './resources.ts';

/** One value for one file of a v2 group. */
export type UnifiedValue = { readonly file: string; readonly value: string; readonly optional: boolean };

/**
 * What v2 files say for these resources: admin-guide/cgroup-v2.rst. `cpu.max` takes quota and period together; what was
 * not asked for keeps what the group has. Swap is a limit of its own, so that memory is taken off Docker's sum.
 */
export function valuesV2(resources: Resources, now: { readonly cpuMax: string | null }): readonly UnifiedValue[] {
  const values: UnifiedValue[] = [];
  const add = (file: string, value: number | string | null, optional = false) => {
    if (value !== null) {
      values.push({ file, value: String(value), optional });
    }
  };
  add('cpu.max', cpuMax(resources, now.cpuMax));
  add('cpu.weight', resources.cpuShares === null ? null : weightOfShares(resources.cpuShares));
  add('cpuset.cpus', resources.cpusetCpus);
  add('memory.max', resources.memoryBytes);
  add('memory.swap.max', swapOf(resources), true);
  add('memory.low', resources.memoryReservationBytes === 'max' ? 0 : resources.memoryReservationBytes);
  add('pids.max', resources.pids);
  for (const { major, minor, bytesPerSecond } of resources.readRates) {
    add('io.max', `${major}:${minor} rbps=${bytesPerSecond}`);
  }
  for (const { major, minor, bytesPerSecond } of resources.writeRates) {
    add('io.max', `${major}:${minor} wbps=${bytesPerSecond}`);
  }
  return values;
}

function cpuMax({ cpuQuotaUs, cpuPeriodUs }: Resources, now: string | null): string | null {
  if (cpuQuotaUs === null && cpuPeriodUs === null) {
    return null;
  }
  const [quota = 'max', period = String(DEFAULT_PERIOD_US)] = now?.trim().split(' ') ?? [];
  return `${cpuQuotaUs ?? quota} ${cpuPeriodUs ?? period}`;
}

function swapOf({ memoryBytes, memorySwapBytes }: Resources): Limit | null {
  if (memorySwapBytes === null || memorySwapBytes === 'max') {
    return memorySwapBytes;
  }
  return typeof memoryBytes === 'number' ? memorySwapBytes - memoryBytes : null;
}

/**
 * `cpu.weight` (1 to 10000) of v1 shares (2 to 262144), so that the three fixed points meet: 2 is 1, 1024 is 100, 262144
 * is 10000. The curve that the OCI runtimes agreed on in 2025 (opencontainers/cgroups ConvertCPUSharesToCgroupV2Value).
 */
export function weightOfShares(shares: number): number {
  const log = Math.log2(Math.min(Math.max(shares, 2), 262_144));
  return Math.ceil(10 ** ((log * log + 125 * log) / 612 - 7 / 34));
}
