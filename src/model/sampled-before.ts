import type { ScannedProcess } from './process.ts';
import type { ContainerSample, Sample } from './sample.ts';

/** The sample before, indexed for joining: what a rate is taken against. */
export type Before = {
  readonly elapsedUs: number;
  process(pid: number, startTicks: number): ScannedProcess | null;
  container(key: string): ContainerSample | null;
  readonly observerCpuSeconds: number;
};

/** Null for the first sample, and for one that is not later than the one before it: a rate is never a guess. */
export function sampledBefore(sample: Sample, previous: Sample | null): Before | null {
  const elapsedUs = previous === null ? 0 : sample.at.monotonicUs - previous.at.monotonicUs;
  if (previous === null || elapsedUs <= 0) {
    return null;
  }
  const byPid = new Map(previous.processes.map((process) => [process.stat.pid, process]));
  return {
    elapsedUs,
    process: (pid, startTicks) => {
      const found = byPid.get(pid);
      return found?.stat.startTicks === startTicks ? found : null;
    },
    container: (key) => previous.containers[key] ?? null,
    observerCpuSeconds: previous.observer.cpuSeconds,
  };
}
