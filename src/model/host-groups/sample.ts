import type { CgroupSample } from '../cgroup/sample.ts';
import type { Pressure } from '../document/cgroup.ts';
import type { Reading } from '../reading.ts';

/** Every cgroup of the host, and the host as a whole: read only while somebody looks at them, or records. */
export type HostGroupsSample = {
  /** Null where only the load was read: a recording has of groups what processes and containers tell. */
  readonly groups: readonly HostGroupSample[] | null;
  /** The path of the group whose processes are looked at one by one. */
  readonly opened: string | null;
  readonly load: HostLoad;
  readonly machine: HostMachine;
};

/** `path` as /proc/PID/cgroup has it; on v1 the groups of that path in all hierarchies are one. */
export type HostGroupSample = { readonly path: string; readonly cgroup: CgroupSample | null };

/** What the host as a whole is doing, as its own files tell. */
export type HostLoad = {
  /** CLOCK_MONOTONIC of `cpu`. */
  readonly readAtUs: number;
  /** proc_loadavg(5): of the last 1, 5 and 15 minutes. */
  readonly averages: Reading<readonly [number, number, number]>;
  readonly cpu: Reading<CpuTimes>;
  readonly memory: Reading<MemoryUse>;
  readonly pressure: {
    readonly cpu: Reading<Pressure>;
    readonly memory: Reading<Pressure>;
    readonly io: Reading<Pressure>;
  };
};

/** The first line of proc_stat(5), in ticks of USER_HZ since the boot, of all CPUs together. */
export type CpuTimes = {
  /** user, nice, system, irq and softirq: guests are in user and nice already. */
  readonly busyTicks: number;
  /** What the hypervisor gave to others while we had work. */
  readonly stolenTicks: number;
};

/** proc_meminfo(5), in bytes. */
export type MemoryUse = {
  readonly totalBytes: number;
  readonly availableBytes: number;
  readonly swapTotalBytes: number;
  readonly swapFreeBytes: number;
};

/** What does not change while the host runs. */
export type HostMachine = {
  /** PRETTY_NAME of os-release(5). */
  readonly distribution: string | null;
  /** Vendor and product of the firmware's tables, as /sys/class/dmi/id has them. */
  readonly hardware: string | null;
  /** Whether the CPU says that it is a hypervisor's; null where CPUs do not tell. */
  readonly virtual: boolean | null;
};
