import type { Limit } from '../../model/limit.ts';

/** A throughput limit of one block device, in bytes per second; `max` lifts it. */
export type DeviceRate = { readonly major: number; readonly minor: number; readonly bytesPerSecond: Limit };

/** What a container may use. Null: not asked for, so that nothing is written. */
export type Resources = {
  /** CPU time per period, in microseconds; `--cpus 0.2` is 20 000 of 100 000. */
  readonly cpuQuotaUs: Limit | null;
  readonly cpuPeriodUs: number | null;
  /** 2 to 262144, of v1 `cpu.shares`; 1024 is the usual share. */
  readonly cpuShares: number | null;
  /** As the kernel writes lists: `0-1,3`. */
  readonly cpusetCpus: string | null;
  readonly memoryBytes: Limit | null;
  /** Memory and swap together, as Docker counts. */
  readonly memorySwapBytes: Limit | null;
  readonly memoryReservationBytes: Limit | null;
  readonly pids: Limit | null;
  readonly readRates: readonly DeviceRate[];
  readonly writeRates: readonly DeviceRate[];
};

export const noResources: Resources = {
  cpuQuotaUs: null,
  cpuPeriodUs: null,
  cpuShares: null,
  cpusetCpus: null,
  memoryBytes: null,
  memorySwapBytes: null,
  memoryReservationBytes: null,
  pids: null,
  readRates: [],
  writeRates: [],
};

/** The period that the kernel starts with, and which `--cpus` is counted in. */
export const DEFAULT_PERIOD_US = 100_000;

/**
 * Swap where only memory is asked for: as much again, as Docker has it. For a new group; a live one keeps its swap limit
 * while the memory limit stays below it.
 */
export function withDefaultSwap(resources: Resources): Resources {
  const { memoryBytes, memorySwapBytes } = resources;
  if (memoryBytes === null || memorySwapBytes !== null) {
    return resources;
  }
  return { ...resources, memorySwapBytes: memoryBytes === 'max' ? 'max' : memoryBytes * 2 };
}

/** v1 controllers that these resources need. */
export function neededControllers(resources: Resources): ReadonlySet<string> {
  const { cpuQuotaUs, cpuPeriodUs, cpuShares, memoryBytes, memorySwapBytes, memoryReservationBytes } = resources;
  const some = (...values: readonly unknown[]) => values.some((value) => value !== null);
  const needed: readonly (readonly [string, boolean])[] = [
    ['cpu', some(cpuQuotaUs, cpuPeriodUs, cpuShares)],
    ['cpuset', resources.cpusetCpus !== null],
    ['memory', some(memoryBytes, memorySwapBytes, memoryReservationBytes)],
    ['pids', resources.pids !== null],
    ['blkio', resources.readRates.length + resources.writeRates.length > 0],
  ];
  return new Set(needed.filter(([, asked]) => asked).map(([controller]) => controller));
}

/** v2 has one `io` for what v1 calls `blkio`. */
export function unifiedName(controller: string): string {
  return controller === 'blkio' ? 'io' : controller;
}
