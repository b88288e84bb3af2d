import { valueOr } from '../reading.ts';
import type { HostNow } from './host-groups.ts';
import type { CpuTimes, HostGroupsSample, HostLoad } from './sample.ts';

const MICROSECONDS = 1e6;

/** The load of the host; CPU since the sample before, and unknown without one. */
export function buildHostNow(
  { load, machine }: HostGroupsSample,
  previous: HostGroupsSample | null,
  hertz: number,
): HostNow {
  const memory = valueOr(load.memory, null);
  const cores = (key: keyof CpuTimes) => coresOf(load, previous?.load ?? null, key, hertz);
  return {
    ...machine,
    averages: valueOr(load.averages, null),
    cpuCores: cores('busyTicks'),
    stolenCores: cores('stolenTicks'),
    usedBytes: memory === null ? null : Math.max(0, memory.totalBytes - memory.availableBytes),
    totalBytes: memory?.totalBytes ?? null,
    swapUsedBytes: memory === null ? null : Math.max(0, memory.swapTotalBytes - memory.swapFreeBytes),
    swapTotalBytes: memory?.swapTotalBytes ?? null,
    pressure: {
      cpu: valueOr(load.pressure.cpu, null),
      memory: valueOr(load.pressure.memory, null),
      io: valueOr(load.pressure.io, null),
    },
  };
}

/** A counter that went back, as steal does on some hosts, tells nothing. */
function coresOf(load: HostLoad, before: HostLoad | null, key: keyof CpuTimes, hertz: number): number | null {
  const [now, then] = [valueOr(load.cpu, null), before === null ? null : valueOr(before.cpu, null)];
  const elapsedUs = before === null ? 0 : load.readAtUs - before.readAtUs;
  if (now === null || then === null || elapsedUs <= 0 || now[key] < then[key]) {
    return null;
  }
  return (now[key] - then[key]) / hertz / (elapsedUs / MICROSECONDS);
}
