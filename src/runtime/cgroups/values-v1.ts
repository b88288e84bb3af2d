import type { Limit } from '../../model/limit.ts';
import type { Resources } from './resources.ts';

/** One value for one file of a v1 controller. `optional`: kernels without it are run on all the same. */
export type ControllerValue = {
  readonly controller: string;
  readonly file: string;
  readonly value: string;
  readonly optional: boolean;
};

/**
 * What v1 files say for these resources, in an order that a new group takes: the period before the quota, memory before
 * memory with swap (cgroup-v1/memory.rst, section 8; scheduler/sched-bwc.rst). Swap is counted only by kernels that were
 * started so (swapaccount), which is no reason not to run.
 */
export function valuesV1(resources: Resources): readonly ControllerValue[] {
  const values: ControllerValue[] = [];
  const add = (controller: string, file: string, value: number | string | null, optional = false) => {
    if (value !== null) {
      values.push({ controller, file, value: String(value), optional });
    }
  };
  add('cpu', 'cpu.cfs_period_us', resources.cpuPeriodUs);
  add('cpu', 'cpu.cfs_quota_us', limitText(resources.cpuQuotaUs));
  add('cpu', 'cpu.shares', resources.cpuShares);
  add('cpuset', 'cpuset.cpus', resources.cpusetCpus);
  add('memory', 'memory.limit_in_bytes', limitText(resources.memoryBytes));
  add('memory', 'memory.memsw.limit_in_bytes', limitText(resources.memorySwapBytes), true);
  add('memory', 'memory.soft_limit_in_bytes', limitText(resources.memoryReservationBytes));
  add('pids', 'pids.max', resources.pids);
  for (const { major, minor, bytesPerSecond } of resources.readRates) {
    add('blkio', 'blkio.throttle.read_bps_device', `${major}:${minor} ${rateText(bytesPerSecond)}`);
  }
  for (const { major, minor, bytesPerSecond } of resources.writeRates) {
    add('blkio', 'blkio.throttle.write_bps_device', `${major}:${minor} ${rateText(bytesPerSecond)}`);
  }
  return values;
}

/** -1 is "no limit" in v1, but for pids.max. */
function limitText(limit: Limit | null): string | null {
  return limit === null ? null : limit === 'max' ? '-1' : String(limit);
}

/** 0 lifts a throttle: cgroup-v1/blkio-controller.rst. */
function rateText(rate: Limit): string {
  return rate === 'max' ? '0' : String(rate);
}
