import type { Container } from '../document/container.ts';
import type { Rates } from '../snapshot.ts';

/** Where each figure stands in a slot. Limits are kept too, as they may be changed while one looks. */
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
} as const;

export type Figure = keyof typeof FIGURES;

export const FIGURE_COUNT = 15;

/** Counters of cpu.stat as they last were: their growth is a figure. */
export type Throttled = { readonly periods: number; readonly lostUs: number };

export function throttledOf({ cgroup }: Container): Throttled | null {
  const { throttledPeriods = null, throttledUs = null } = cgroup?.cpu ?? {};
  return throttledPeriods === null || throttledUs === null ? null : { periods: throttledPeriods, lostUs: throttledUs };
}

/** What a slot is filled with; the rest is the container's and its rates'. `sinceUs`: since `before` was true. */
export type Observed = {
  readonly container: Container;
  readonly rates: Rates | undefined;
  readonly before: Throttled | null;
  readonly now: Throttled | null;
  readonly sinceUs: number;
};

/** Fills one slot, in the order of `FIGURES`. Unknown is NaN; a limit that is absent is Infinity. */
export function fillSlot(values: Float32Array, at: number, observed: Observed): void {
  const { container, rates, before, now, sinceUs } = observed;
  const { cgroup } = container;
  const cpu = cgroup?.cpu;
  const memory = cgroup?.memory;
  const pressure = cgroup?.pressure;
  // A counter that went backwards began anew.
  const grew = before !== null && now !== null && now.periods >= before.periods && now.lostUs >= before.lostUs;
  const periods = grew ? now.periods - before.periods : 0;
  const lostUs = grew ? now.lostUs - before.lostUs : 0;
  values[at] = known(cpu?.usageCores);
  values[at + 1] = known(cpu?.limitCores);
  values[at + 2] = known(cpu?.throttledPercent);
  values[at + 3] = grew && sinceUs > 0 ? lostUs / sinceUs : Number.NaN;
  values[at + 4] = periods > 0 ? lostUs / periods : Number.NaN;
  values[at + 5] = known(memory?.workingSetBytes);
  values[at + 6] = known(memory?.anonBytes);
  values[at + 7] = known(memory?.fileBytes);
  values[at + 8] = known(memory?.limitBytes);
  values[at + 9] = known(cgroup?.pids.current);
  values[at + 10] = known(rates?.readBytes) + known(rates?.writeBytes);
  values[at + 11] = known(rates?.rxBytes) + known(rates?.txBytes);
  values[at + 12] = known(pressure?.cpu?.some?.avg10);
  values[at + 13] = known(pressure?.memory?.some?.avg10);
  values[at + 14] = known(pressure?.io?.some?.avg10);
}

function known(value: number | 'max' | null | undefined): number {
  return value === null || value === undefined ? Number.NaN : value === 'max' ? Number.POSITIVE_INFINITY : value;
}
