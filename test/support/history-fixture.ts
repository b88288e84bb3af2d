import { createHistory, type History, record } from '../../src/model/history/history.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';

/** How much of today's use there was at a second: waves, each container's its own. */
function share(second: number, ordinal: number): number {
  return 0.6 + 0.4 * Math.sin(second / (7 + ordinal)) * Math.cos(second / 31);
}

/** The containers of a snapshot as they were in the seconds before it; the limit of their CPU was once twice as high. */
export function historyFixture(snapshot: Snapshot, seconds: number): History {
  const history = createHistory();
  for (let second = 1; second <= seconds; second += 1) {
    const containers = snapshot.containers.map((container, ordinal) => {
      const { cgroup } = container;
      if (cgroup === null) {
        return container;
      }
      const { cpu, memory } = cgroup;
      const part = (value: number | null) => (value === null ? null : Math.round(value * share(second, ordinal)));
      const isEarly = second < seconds / 3 && typeof cpu.limitCores === 'number';
      const limitThen = isEarly ? Number(cpu.limitCores) * 2 : cpu.limitCores;
      const isBurning = (cpu.throttledPercent ?? 0) > 50 && typeof limitThen === 'number';
      const throttledPeriods = isBurning ? second * 10 : 30 + Math.floor(second / 10);
      return {
        ...container,
        cgroup: {
          ...cgroup,
          cpu: {
            ...cpu,
            usageCores: isBurning
              ? limitThen
              : cpu.usageCores === null
                ? null
                : cpu.usageCores * share(second, ordinal),
            limitCores: limitThen,
            throttledPeriods,
            throttledUs: 78_000 * throttledPeriods,
          },
          memory: {
            ...memory,
            anonBytes: part(memory.anonBytes),
            fileBytes: part(memory.fileBytes),
            workingSetBytes: part(memory.workingSetBytes),
          },
        },
      };
    });
    record(history, { ...snapshot, elapsedUs: 1_000_000, containers });
  }
  return history;
}
