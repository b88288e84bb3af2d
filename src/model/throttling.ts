import type { Cgroup } from './document/cgroup.ts';
import { meanOf } from './history/buckets.ts';
import { changesOf } from './history/changes.ts';
import type { Figure } from './history/figures.ts';
import type { Track } from './history/track.ts';

type Cpu = Cgroup['cpu'];

/** What holding back costs. All null where it is unknown, or nothing was held back. */
export type Throttling = {
  /** Of one throttled period, summed over the CPUs on which something waited. */
  readonly lostUs: number | null;
  /** Whether `lostUs` is of the last seconds; else of all time since the group was made. */
  readonly isRecent: boolean;
  /** Cores that it would have used without its limit, where that is more: what it got, and what it was denied. */
  readonly wantsCores: number | null;
  /** Of its limit, what it uses on average over the last minute, or since that was changed. */
  readonly meanPercent: number | null;
};

/** Seconds that `wants` and `lost` are of: short enough to show what a changed limit does, long enough to be steady. */
const RECENT_SECONDS = 5;
const MINUTE = 60;

/**
 * The kernel counts how long the tasks of a throttled group stood, on each CPU (`throttled_time` or `throttled_usec` of
 * cpu.stat, https://docs.kernel.org/scheduler/sched-bwc.html). They would have run then: used and denied time together
 * are what was wanted. That is at least so much: what waits for another that stands is not counted.
 */
export function throttlingOf(cpu: Cpu, track: Track | null): Throttling {
  const seconds = track === null ? 0 : sinceChange(track);
  const recent = (figure: Figure) => (track === null ? null : meanOf(track, figure, Math.min(RECENT_SECONDS, seconds)));
  const recentUs = recent('lostUs');
  const heldBack = recent('heldBackCores');
  const got = recent('cpuCores');
  const mean = track === null ? null : meanOf(track, 'cpuCores', seconds);
  return {
    lostUs: recentUs ?? lostSinceEver(cpu),
    isRecent: recentUs !== null,
    wantsCores: heldBack === null || got === null ? null : aboveLimit(got + heldBack, cpu),
    meanPercent: mean === null || typeof cpu.limitCores !== 'number' ? null : (mean / cpu.limitCores) * 100,
  };
}

/** Seconds of the last minute in which the limit was what it is: what was used under another says nothing of this one. */
function sinceChange(track: Track): number {
  const last = changesOf(track, 'cpuLimitCores', MINUTE).at(-1);
  return last === undefined ? MINUTE : track.last - last.slot;
}

/** What is a little above it is chance: the two counters are read one after the other. */
const CLEARLY = 1.05;

function aboveLimit(cores: number, { limitCores }: Cpu): number | null {
  return typeof limitCores === 'number' && cores > limitCores * CLEARLY ? cores : null;
}

function lostSinceEver({ throttledPeriods, throttledUs }: Cpu): number | null {
  return throttledPeriods === null || throttledUs === null || throttledPeriods === 0
    ? null
    : throttledUs / throttledPeriods;
}

/** From this share of throttled periods on somebody notices; below that average the limit is not what is lacking. */
const NOTICED_PERCENT = 2;
const MODEST_PERCENT = 70;

/**
 * Whether it is the pace of quota and period that makes it wait, not the quota itself: short bursts are cut while the
 * average stays well below the limit.
 */
export function isLateByBursts({ throttledPercent, quotaUs }: Cpu, { meanPercent }: Throttling): boolean {
  return (
    typeof quotaUs === 'number' &&
    throttledPercent !== null &&
    throttledPercent >= NOTICED_PERCENT &&
    meanPercent !== null &&
    meanPercent < MODEST_PERCENT
  );
}
