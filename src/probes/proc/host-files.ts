import { decimal, linesOf } from '../kernel-text.ts';

/** What nsview uses of proc_stat(5): the boot time in seconds since the epoch and the number of online CPUs. */
export function parseHostStat(text: string): { readonly bootedAt: number | null; readonly cpus: number } {
  const lines = linesOf(text);
  const bootTime = lines.find((line) => line.startsWith('btime '));
  return {
    bootedAt: decimal(bootTime?.slice('btime '.length).trim()),
    cpus: lines.filter((line) => /^cpu\d/.test(line)).length,
  };
}

/** MemTotal of proc_meminfo(5), in bytes. */
export function parseMemoryTotal(text: string): number | null {
  const kibibytes = decimal(/^MemTotal:\s+(\d+) kB$/m.exec(text)?.[1]);
  return kibibytes === null ? null : kibibytes * 1024;
}

/** All threads of the host, of proc_loadavg(5)'s `running/total`: hidepid hides none of them. */
export function parseThreadTotal(text: string): number | null {
  return decimal(text.split(' ')[3]?.split('/')[1]);
}
