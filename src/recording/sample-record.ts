import type { EngineFacts } from '../model/engine-facts.ts';
import type { ScannedProcess } from '../model/process.ts';
import type { ContainerSample, Sample } from '../model/sample.ts';

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

/** Every recording has it. */
const ALWAYS = Symbol('always');
type Absent<T> = { readonly [name in keyof T]-?: T[name] | typeof ALWAYS };

/** What it means that the recording of an older nsview lacks a part: whoever adds one to a sample says so here. */
const PARTS: Absent<SampleRecord> = {
  at: ALWAYS,
  host: ALWAYS,
  observer: ALWAYS,
  layout: ALWAYS,
  hostMounts: ALWAYS,
  processes: ALWAYS,
  members: ALWAYS,
  memoryShares: {},
  containers: ALWAYS,
  hostGroups: null,
  held: ALWAYS,
  namespaceFacts: ALWAYS,
  engines: ALWAYS,
  stopped: ALWAYS,
};

/** Likewise of what engines say. */
const FACTS: Pick<EngineFacts, 'exit' | 'cpusGivenAs'> = { exit: null, cpusGivenAs: null };

/** The sample that a record is of. Fails where it is none: a part that every recording has is missing. */
export function sampleOf(value: unknown): Sample {
  if (typeof value !== 'object' || value === null) {
    throw new Error('it is no object');
  }
  const filled: { [name: string]: unknown } = { ...value };
  for (const [name, absent] of Object.entries(PARTS)) {
    if (filled[name] === undefined && absent === ALWAYS) {
      throw new Error(`it has no ${name}`);
    }
    filled[name] = filled[name] === undefined ? absent : filled[name];
  }
  const record = filled as SampleRecord;
  const { containers, processes, stopped } = record;
  return {
    ...record,
    processes: Object.values(processes),
    containers: Object.values(containers).some(({ facts }) => facts !== null && lacksFacts(facts))
      ? Object.fromEntries(Object.entries(containers).map(([key, container]) => [key, withFacts(container)]))
      : containers,
    stopped: stopped.some(lacksFacts) ? stopped.map((facts) => ({ ...FACTS, ...facts })) : stopped,
  };
}

function lacksFacts(facts: EngineFacts): boolean {
  return Object.keys(FACTS).some((name) => !(name in facts));
}

function withFacts(container: ContainerSample): ContainerSample {
  const { facts } = container;
  return facts === null ? container : { ...container, facts: { ...FACTS, ...facts } };
}
