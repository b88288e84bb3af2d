import { availableParallelism, totalmem } from 'node:os';
import { readTextFile } from '../state/read-text-file.ts';
import type { HostCapacity } from './check-resources.ts';
import { parseCpuList } from './cpu-list.ts';

/** What this host has, whatever this process itself is limited to: sysfs-devices-system-cpu, proc_meminfo(5). */
export function readHostCapacity(): HostCapacity {
  const onlineCpus = readTextFile('/sys/devices/system/cpu/online');
  const listed = onlineCpus === null ? null : parseCpuList(onlineCpus);
  return { cpus: listed?.length ?? availableParallelism(), onlineCpus, memoryBytes: totalmem() };
}
