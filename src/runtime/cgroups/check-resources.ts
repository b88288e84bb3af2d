import type { Limit } from '../../model/limit.ts';
import { parseCpuList } from './cpu-list.ts';
import { DEFAULT_PERIOD_US, type Resources } from './resources.ts';

/** Why a limit cannot be: the flag that asks for it, and what is allowed. */
export type ResourceProblem = { readonly flag: string; readonly why: string };

/** What the host has; null where it does not tell. */
export type HostCapacity = {
  readonly cpus: number;
  /** As the kernel lists them. */
  readonly onlineCpus: string | null;
  readonly memoryBytes: number;
};

const MIB = 2 ** 20;

/** Below it no process of today's C libraries lives; Docker's own minimum. */
export const LEAST_MEMORY = 6 * MIB;

/** Of kernel/sched: max_cfs_quota_period and min_cfs_quota_period, in microseconds. */
export const LEAST_PERIOD_US = 1000;
export const MOST_PERIOD_US = 1_000_000;
export const LEAST_QUOTA_US = 1000;

/** MIN_SHARES and MAX_SHARES of kernel/sched/sched.h. */
export const LEAST_SHARES = 2;
export const MOST_SHARES = 262_144;

/** PID_MAX_LIMIT of include/linux/threads.h. */
export const MOST_PIDS = 4 * 2 ** 20;

/** The first thing that is wrong with what was asked for, by Docker's rules and the kernel's ranges; null: nothing. */
export function checkResources(resources: Resources, host: HostCapacity): ResourceProblem | null {
  return (
    checkCpu(resources, host) ?? checkCpuset(resources, host) ?? checkMemory(resources, host) ?? checkPids(resources)
  );
}

function checkCpu({ cpuQuotaUs, cpuPeriodUs, cpuShares }: Resources, { cpus }: HostCapacity): ResourceProblem | null {
  if (cpuPeriodUs !== null && outside(cpuPeriodUs, LEAST_PERIOD_US, MOST_PERIOD_US)) {
    return { flag: '--cpu-period', why: `${cpuPeriodUs} µs is not within ${LEAST_PERIOD_US} and ${MOST_PERIOD_US}` };
  }
  const period = cpuPeriodUs ?? DEFAULT_PERIOD_US;
  if (typeof cpuQuotaUs === 'number' && cpuQuotaUs < LEAST_QUOTA_US) {
    return { flag: '--cpu-quota', why: `${cpuQuotaUs} µs is below the kernel's least, ${LEAST_QUOTA_US}` };
  }
  if (typeof cpuQuotaUs === 'number' && cpuQuotaUs > cpus * period) {
    const asked = trimmed(cpuQuotaUs / period);
    return {
      flag: '--cpus',
      why: `${asked} CPUs are asked for and this host has ${cpus} (0.01 to ${cpus} is allowed)`,
    };
  }
  if (cpuShares !== null && outside(cpuShares, LEAST_SHARES, MOST_SHARES)) {
    return { flag: '--cpu-shares', why: `${cpuShares} is not within ${LEAST_SHARES} and ${MOST_SHARES}` };
  }
  return null;
}

function checkCpuset({ cpusetCpus }: Resources, { onlineCpus }: HostCapacity): ResourceProblem | null {
  if (cpusetCpus === null) {
    return null;
  }
  const asked = parseCpuList(cpusetCpus);
  if (asked === null) {
    return { flag: '--cpuset-cpus', why: `'${cpusetCpus}' is no list of CPUs such as 0-1,3` };
  }
  const online = onlineCpus === null ? null : parseCpuList(onlineCpus);
  if (online !== null && !asked.every((cpu) => online.includes(cpu))) {
    return { flag: '--cpuset-cpus', why: `${cpusetCpus} is asked for and this host has ${onlineCpus?.trim()}` };
  }
  return null;
}

function checkMemory(
  { memoryBytes, memorySwapBytes, memoryReservationBytes }: Resources,
  host: HostCapacity,
): ResourceProblem | null {
  const within = (flag: string, limit: Limit | null): ResourceProblem | null => {
    if (typeof limit !== 'number') {
      return null;
    }
    if (limit < LEAST_MEMORY) {
      return {
        flag,
        why: `${limit} ${limit === 1 ? 'byte is' : 'bytes are'} below the least that a process can live in, 6m`,
      };
    }
    const most = `${Math.floor(host.memoryBytes / MIB)}m`;
    const asked = `${Math.ceil(limit / MIB)}m`;
    return limit > host.memoryBytes
      ? { flag, why: `${asked} is asked for and this host has ${most} (6m to ${most} is allowed, or max for no limit)` }
      : null;
  };
  const outside = within('--memory', memoryBytes) ?? within('--memory-reservation', memoryReservationBytes);
  if (outside !== null) {
    return outside;
  }
  if (typeof memorySwapBytes === 'number' && typeof memoryBytes === 'number' && memorySwapBytes < memoryBytes) {
    return { flag: '--memory-swap', why: 'it counts memory and swap together, and is below --memory' };
  }
  if (typeof memorySwapBytes === 'number' && (memoryBytes === 'max' || memoryBytes === null)) {
    return { flag: '--memory-swap', why: 'it counts memory and swap together, so memory needs a limit too' };
  }
  if (
    typeof memoryReservationBytes === 'number' &&
    typeof memoryBytes === 'number' &&
    memoryReservationBytes > memoryBytes
  ) {
    return { flag: '--memory-reservation', why: 'it is above --memory' };
  }
  return null;
}

function checkPids({ pids }: Resources): ResourceProblem | null {
  return typeof pids === 'number' && outside(pids, 1, MOST_PIDS)
    ? { flag: '--pids-limit', why: `${pids} is not a number of processes from 1 to ${MOST_PIDS}` }
    : null;
}

function outside(value: number, least: number, most: number): boolean {
  return value < least || value > most;
}

function trimmed(value: number): string {
  return String(Math.round(value * 100) / 100);
}
