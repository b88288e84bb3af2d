import type { CpuTimes, MemoryUse } from '../../model/host-groups/sample.ts';
import { garbled, ok, type Reading } from '../../model/reading.ts';
import { decimal, linesOf } from '../kernel-text.ts';

const KIB = 1024;

/** proc_loadavg(5): `0.20 0.18 0.12 1/80 11206`. */
export function parseLoadAverages(text: string, path = '/proc/loadavg'): Reading<readonly [number, number, number]> {
  const [, one, five, fifteen] = /^(\d+\.\d+) (\d+\.\d+) (\d+\.\d+) /.exec(text) ?? [];
  return one === undefined || five === undefined || fifteen === undefined
    ? garbled(path, text)
    : ok([Number(one), Number(five), Number(fifteen)]);
}

/** The `cpu ` line of proc_stat(5): user nice system idle iowait irq softirq steal guest guest_nice. */
export function parseCpuTimes(text: string, path = '/proc/stat'): Reading<CpuTimes> {
  const line = linesOf(text)[0] ?? '';
  const [name, ...words] = line.split(/ +/);
  const ticks = words.map(decimal);
  const [user, nice, system, , , irq, softirq, stolen] = ticks;
  if (name !== 'cpu' || user == null || nice == null || system == null || irq == null || softirq == null) {
    return garbled(path, line);
  }
  // Before 2.6.11 nobody counted what was stolen.
  return ok({ busyTicks: user + nice + system + irq + softirq, stolenTicks: stolen ?? 0 });
}

/** proc_meminfo(5). MemAvailable is there since 3.14. */
export function parseMemoryUse(text: string, path = '/proc/meminfo'): Reading<MemoryUse> {
  const bytesOf = (name: string): number | null => {
    const kib = decimal(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]);
    return kib === null ? null : kib * KIB;
  };
  const [total, available] = [bytesOf('MemTotal'), bytesOf('MemAvailable')];
  const [swapTotal, swapFree] = [bytesOf('SwapTotal'), bytesOf('SwapFree')];
  return total === null || available === null || swapTotal === null || swapFree === null
    ? garbled(path, linesOf(text)[0] ?? '')
    : ok({ totalBytes: total, availableBytes: available, swapTotalBytes: swapTotal, swapFreeBytes: swapFree });
}

/** PRETTY_NAME of os-release(5), whose values are quoted as a shell's; null where there is none. */
export function parseDistribution(text: string): string | null {
  const value = linesOf(text)
    .find((line) => line.startsWith('PRETTY_NAME='))
    ?.slice('PRETTY_NAME='.length)
    .trim();
  if (value === undefined) {
    return null;
  }
  const quote = /^(["'])(.*)\1$/.exec(value);
  const plain = quote === null ? value : (quote[2] ?? '').replace(/\\(["'$`\\])/g, '$1');
  return plain === '' ? null : plain;
}

/** Whether proc_cpuinfo(5) has x86's flag `hypervisor`; null where there are no flags. */
export function parseHypervisor(text: string): boolean | null {
  const flags = /^flags\s*: (.*)$/m.exec(text)?.[1];
  return flags === undefined ? null : flags.split(' ').includes('hypervisor');
}
