import type { Container } from '../document/container.ts';
import type { Rates } from '../snapshot.ts';

/** Where each figure stands in a row. Limits are kept too, as they may be changed while one looks. */
export const FIGURES = {
  cpuCores: 0,
  cpuLimitCores: 1,
  throttledPercent: 2,
  /** CPU time held back per second of time, summed over the CPUs: cores that it wanted beyond what it got. */
  heldBackCores: 3,
  /** Of one throttled period. */
  lostUs: 4,
  workingSetBytes: 5,
  anonBytes: 6,
  fileBytes: 7,
  memoryLimitBytes: 8,
  pids: 9,
  ioBytes: 10,
  netBytes: 11,
  cpuPressure: 12,
  memoryPressure: 13,
  ioPressure: 14,
  pidsLimit: 15,
} as const;

export type Figure = keyof typeof FIGURES;

export const FIGURE_COUNT = 16;

/** Counters of cpu.stat as they last were: their growth is a figure. `by`: the group that imposes the limit. */
export type Throttled = { readonly by: string | null; readonly periods: number; readonly lostUs: number };

export function throttledOf({ cgroup }: Container): Throttled | null {
  if (cgroup === null) {
    return null;
  }
  const { limitedBy: by, throttledPeriods: periods, throttledUs: lostUs } = cgroup.cpu;
  return periods === null || lostUs === null ? null : { by, periods, lostUs };
}

/** What a row is filled with; the rest is the container's and its rates'. `sinceUs`: since `before` was true. */
export type Observed = {
  readonly container: Container;
  readonly rates: Rates | undefined;
  readonly before: Throttled | null;
  readonly now: Throttled | null;
  readonly sinceUs: number;
};

/** Fills one row, in the order of `FIGURES`. Unknown is NaN; a limit that is absent is Infinity. */
export function fillRow(values: Float32Array, observed: Observed): void {
  const { container, rates, before, now, sinceUs } = observed;
  const { cgroup } = container;
  const cpu = cgroup?.cpu;
  const memory = cgroup?.memory;
  const pressure = cgroup?.pressure;
  const growth = growthOf(before, now);
  values[0] = known(cpu?.usageCores);
  values[1] = known(cpu?.limitCores);
  values[2] = known(cpu?.throttledPercent);
  values[3] = growth !== null && sinceUs > 0 ? growth.lostUs / sinceUs : Number.NaN;
  values[4] = growth !== null && growth.periods > 0 ? growth.lostUs / growth.periods : Number.NaN;
  values[5] = known(memory?.workingSetBytes);
  values[6] = known(memory?.anonBytes);
  values[7] = known(memory?.fileBytes);
  values[8] = known(memory?.limitBytes);
  values[9] = known(cgroup?.pids.current);
  values[10] = known(rates?.readBytes) + known(rates?.writeBytes);
  values[11] = known(rates?.rxBytes) + known(rates?.txBytes);
  values[12] = known(pressure?.cpu?.some?.avg10);
  values[13] = known(pressure?.memory?.some?.avg10);
  values[14] = known(pressure?.io?.some?.avg10);
  values[15] = known(cgroup?.pids.limit);
}

/** Null where a counter began anew, or is that of another group than before. */
function growthOf(before: Throttled | null, now: Throttled | null): { periods: number; lostUs: number } | null {
  if (before === null || now === null || before.by !== now.by) {
    return null;
  }
  const growth = { periods: now.periods - before.periods, lostUs: now.lostUs - before.lostUs };
  return growth.periods < 0 || growth.lostUs < 0 ? null : growth;
}

function known(value: number | 'max' | null | undefined): number {
  return value === null || value === undefined ? Number.NaN : value === 'max' ? Number.POSITIVE_INFINITY : value;
}
