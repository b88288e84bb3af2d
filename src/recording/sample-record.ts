import type { ScannedProcess } from '../model/process.ts';
import type { Sample } from '../model/sample.ts';

/**
 * A sample as it is recorded: processes by their pid, so that one that came or went moves none of the others. Numbers as
 * keys stand in ascending order, as the processes do.
 */
export type SampleRecord = Omit<Sample, 'processes'> & {
  readonly processes: { readonly [pid: number]: ScannedProcess };
};

export function recordOf(sample: Sample): SampleRecord {
  return { ...sample, processes: Object.fromEntries(sample.processes.map((process) => [process.stat.pid, process])) };
}

export function sampleOf(record: SampleRecord): Sample {
  return { ...record, processes: Object.values(record.processes) };
}
