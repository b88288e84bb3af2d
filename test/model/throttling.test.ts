import { expect, test } from 'vitest';
import type { Cgroup } from '../../src/model/document/cgroup.ts';
import { createHistory, record } from '../../src/model/history/history.ts';
import type { Track } from '../../src/model/history/track.ts';
import { isLateByBursts, throttlingOf } from '../../src/model/throttling.ts';
import { type Changes, cgroupFixture, containerFixture } from '../support/container-fixture.ts';
import { snapshotFixture } from '../support/snapshot-fixture.ts';

type Cpu = Cgroup['cpu'];

function cpuOf(changes: Changes<Cpu>): Cpu {
  return { ...cgroupFixture('/a').cpu, ...changes };
}

/** A second per set of figures. */
function trackOf(...seconds: readonly Changes<Cpu>[]): Track {
  const history = createHistory();
  for (const changes of seconds) {
    const cgroup = { ...cgroupFixture('/a'), cpu: cpuOf(changes) };
    record(history, snapshotFixture([containerFixture(1, { id: 'one', cgroup })]));
  }
  return history.tracks.get('one') ?? expect.fail('it was recorded');
}

/** The counters as they are after `second` seconds of ten periods each, all throttled. */
function burning(second: number, lostUs: number, usageCores: number): Changes<Cpu> {
  return { usageCores, throttledPeriods: 10 * second, throttledUs: 10 * second * lostUs, throttledPercent: 100 };
}

test('an endless loop that may use a fifth of a core wants a whole one', () => {
  const track = trackOf(...[1, 2, 3].map((second) => burning(second, 80_000, 0.2)));
  const throttling = throttlingOf(cpuOf({ limitCores: 0.2 }), track);
  expect(throttling.lostUs).toBeCloseTo(80_000, 0);
  expect(throttling.isRecent).toBe(true);
  expect(throttling.wantsCores).toBeCloseTo(1, 5);
  expect(throttling.meanPercent).toBeCloseTo(100, 4);
});

test('two loops on two CPUs want two, as each of them stands', () => {
  const track = trackOf(...[1, 2, 3].map((second) => burning(second, 180_000, 0.2)));
  expect(throttlingOf(cpuOf({ limitCores: 0.2 }), track).wantsCores).toBeCloseTo(2, 5);
});

test('without a history there is what the counters say of all time', () => {
  expect(throttlingOf(cpuOf({ throttledPeriods: 36, throttledUs: 2_880_000 }), null)).toEqual({
    lostUs: 80_000,
    isRecent: false,
    wantsCores: null,
    meanPercent: null,
  });
  expect(throttlingOf(cpuOf({ throttledPeriods: 0, throttledUs: 0 }), null).lostUs).toBeNull();
  expect(throttlingOf(cpuOf({ throttledPeriods: null }), null).lostUs).toBeNull();
});

test('what is not held back wants nothing more', () => {
  const track = trackOf({}, {});
  expect(throttlingOf(cpuOf({}), track).wantsCores).toBeNull();
  const burst = trackOf(...[1, 2].map((second) => ({ ...burning(second, 20_000, 0.1) })));
  expect(throttlingOf(cpuOf({ limitCores: 0.5 }), burst).wantsCores).toBeNull();
});

test('bursts are told from a quota that is too small', () => {
  const modest = throttlingOf(cpuOf({ limitCores: 0.5 }), trackOf({ usageCores: 0.1 }));
  const hungry = throttlingOf(cpuOf({ limitCores: 0.2 }), trackOf({ usageCores: 0.2 }));
  const cpu = cpuOf({ throttledPercent: 12 });
  expect(isLateByBursts(cpu, modest)).toBe(true);
  expect(isLateByBursts(cpu, hungry)).toBe(false);
  expect(isLateByBursts(cpuOf({ throttledPercent: 0 }), modest)).toBe(false);
  expect(isLateByBursts(cpuOf({ throttledPercent: null }), modest)).toBe(false);
  expect(isLateByBursts(cpuOf({ throttledPercent: 12, quotaUs: 'max' }), modest)).toBe(false);
  expect(isLateByBursts(cpu, throttlingOf(cpuOf({ limitCores: 'max' }), trackOf({})))).toBe(false);
});

test('what was used under another limit says nothing of this one', () => {
  const lower = [1, 2, 3, 4].map((second) => ({ ...burning(second, 80_000, 0.2), limitCores: 0.2 }));
  const raised = [5, 6, 7].map((second) => ({ ...burning(second, 50_000, 0.5), limitCores: 0.5 }));
  const cpu = cpuOf({ limitCores: 0.5, quotaUs: 50_000, throttledPercent: 100 });
  const throttling = throttlingOf(cpu, trackOf(...lower, ...raised));
  expect(throttling.meanPercent).toBeCloseTo(100, 4);
  expect(throttling.lostUs).toBeCloseTo(50_000, 0);
  expect(isLateByBursts(cpu, throttling)).toBe(false);
  // In the second of the change both were true.
  expect(throttlingOf(cpu, trackOf(...lower, ...raised.slice(0, 1))).meanPercent).toBeNull();
});
