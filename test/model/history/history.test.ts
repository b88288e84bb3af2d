import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ageOf, bucketsOf, meanOf } from '../../../src/model/history/buckets.ts';
import { changesOf } from '../../../src/model/history/changes.ts';
import { FIGURE_COUNT, FIGURES } from '../../../src/model/history/figures.ts';
import { createHistory, type History, record } from '../../../src/model/history/history.ts';
import { figureAt, SLOTS, TRACK_BYTES, type Track } from '../../../src/model/history/track.ts';
import type { Snapshot } from '../../../src/model/snapshot.ts';
import {
  bareContainerFixture,
  type Changes,
  cgroupFixture,
  containerFixture,
} from '../../support/container-fixture.ts';
import { crowdFixture } from '../../support/scene-fixture.ts';
import { snapshotFixture } from '../../support/snapshot-fixture.ts';

type Cpu = ReturnType<typeof cgroupFixture>['cpu'];

function snapshotOf(cpu: Changes<Cpu>, elapsedUs: number | null = 1_000_000): Snapshot {
  const cgroup = cgroupFixture('/a');
  const container = containerFixture(1, { id: 'one', cgroup: { ...cgroup, cpu: { ...cgroup.cpu, ...cpu } } });
  return snapshotFixture([container], { elapsedUs });
}

function trackOf(history: History): Track {
  return history.tracks.get('one') ?? expect.fail('it was recorded');
}

function recorded(...snapshots: readonly Snapshot[]): Track {
  const history = createHistory();
  for (const snapshot of snapshots) {
    record(history, snapshot);
  }
  return trackOf(history);
}

describe('a track', () => {
  const bytesOf = ({ rows, rowOf }: Track) => rows.byteLength + rowOf.byteLength;

  test('takes as many bytes as it says where something happens each second, and few where nothing does', () => {
    const busy = recorded(...Array.from({ length: 2000 }, (_, index) => snapshotOf({ usageCores: index })));
    expect(bytesOf(busy)).toBe(TRACK_BYTES);
    expect(TRACK_BYTES).toBe(39_600);
    const idle = recorded(...Array.from({ length: 2000 }, () => snapshotOf({})));
    expect(bytesOf(idle)).toBeLessThan(TRACK_BYTES / 20);
    expect(Object.values(FIGURES)).toEqual(Array.from({ length: FIGURE_COUNT }, (_, index) => index));
  });

  test('has every figure where it is looked for', () => {
    const cgroup = cgroupFixture('/a');
    const pressure = { avg10: 3, avg60: 0, avg300: 0, totalUs: 0 };
    const snapshot = snapshotFixture(
      [
        containerFixture(1, {
          id: 'one',
          cgroup: {
            ...cgroup,
            pressure: {
              cpu: { some: pressure, full: null },
              memory: { some: { ...pressure, avg10: 4 }, full: null },
              io: { some: { ...pressure, avg10: 5 }, full: null },
            },
          },
        }),
      ],
      { rates: { one: { readBytes: 1, writeBytes: 2, rxBytes: 30, txBytes: 40 } } },
    );
    const track = recorded(snapshot);
    const kept = Object.keys(FIGURES).map((figure) => [figure, figureAt(track, figure as keyof typeof FIGURES, 1)]);
    expect(Object.fromEntries(kept)).toEqual({
      cpuCores: Math.fround(0.2),
      cpuLimitCores: 0.5,
      throttledPercent: 3,
      heldBackCores: Number.NaN,
      lostUs: Number.NaN,
      workingSetBytes: 23_068_672,
      anonBytes: 20_971_520,
      fileBytes: 2_097_152,
      memoryLimitBytes: 268_435_456,
      pids: 4,
      pidsLimit: 100,
      ioBytes: 3,
      netBytes: 70,
      cpuPressure: 3,
      memoryPressure: 4,
      ioPressure: 5,
    });
  });

  test('forgets what is older than ten minutes, and nothing else', () => {
    const track = recorded(...Array.from({ length: 750 }, (_, index) => snapshotOf({ usageCores: index + 1 })));
    expect(track.last).toBe(750);
    expect(figureAt(track, 'cpuCores', 750)).toBe(750);
    expect(figureAt(track, 'cpuCores', 151)).toBe(151);
    expect(figureAt(track, 'cpuCores', 150)).toBeNaN();
    expect(figureAt(track, 'cpuCores', 751)).toBeNaN();
    expect(ageOf(track)).toBe(SLOTS);
  });

  test('keeps unknown unknown, and no limit no figure', () => {
    const track = recorded(snapshotOf({ usageCores: null, limitCores: 'max' }), snapshotOf({ usageCores: 0 }));
    expect(figureAt(track, 'cpuCores', 1)).toBeNaN();
    expect(figureAt(track, 'cpuLimitCores', 1)).toBe(Number.POSITIVE_INFINITY);
    expect(figureAt(track, 'cpuCores', 2)).toBe(0);
    expect(meanOf(track, 'cpuCores', 60)).toBe(0);
    expect(meanOf(recorded(snapshotOf({ usageCores: null })), 'cpuCores', 60)).toBeNull();
  });

  test('is not begun for figures that are not there', () => {
    const history = createHistory();
    record(history, snapshotFixture([bareContainerFixture({ id: 'one' })], { rates: {} }));
    const figures = Object.keys(FIGURES).map((figure) => figureAt(trackOf(history), figure as keyof typeof FIGURES, 1));
    expect(figures).toEqual(Array(FIGURE_COUNT).fill(Number.NaN));
  });

  test('lets a sample stand for the seconds since the one before, but not for a pause', () => {
    const slow = recorded(snapshotOf({ usageCores: 1 }), snapshotOf({ usageCores: 2 }, 5_000_000));
    expect([2, 3, 4, 5, 6].map((slot) => figureAt(slow, 'cpuCores', slot))).toEqual([2, 2, 2, 2, 2]);
    const pause = recorded(snapshotOf({ usageCores: 1 }), snapshotOf({ usageCores: 2 }, 300_000_000));
    expect(figureAt(pause, 'cpuCores', 1)).toBe(1);
    expect(figureAt(pause, 'cpuCores', 2)).toBeNaN();
    expect(figureAt(pause, 'cpuCores', 300)).toBeNaN();
    expect(figureAt(pause, 'cpuCores', 301)).toBe(2);
    const asleep = recorded(snapshotOf({ usageCores: 1 }), snapshotOf({ usageCores: 2 }, 86_400_000_000));
    expect(bucketsOf(asleep, 'cpuCores', 1, SLOTS).high.filter((value) => !Number.isNaN(value))).toEqual([2]);
  });

  test('has nothing of a moment too short to measure in', () => {
    const track = recorded(snapshotOf({ usageCores: 1 }), snapshotOf({ usageCores: 40 }, 20_000));
    expect(bucketsOf(track, 'cpuCores', 1, 3).high).toEqual([Number.NaN, Number.NaN, 1]);
  });
});

test('a container that vanishes is forgotten; another with its name begins anew', () => {
  const history = createHistory();
  const other = containerFixture(2, { id: 'two' });
  record(history, snapshotFixture([containerFixture(1, { id: 'one' }), other]));
  record(history, snapshotFixture([other]));
  expect(Array.from(history.tracks.keys())).toEqual(['two']);
  record(history, snapshotFixture([containerFixture(1, { id: 'one' }), other]));
  expect(trackOf(history)).toMatchObject({ first: 3, last: 3 });
});

test('of a thousand that come at once, all are there within some samples', () => {
  const history = createHistory();
  const sizes = Array.from({ length: 8 }, (_, tick) => {
    record(history, crowdFixture(1000, tick));
    return history.tracks.size;
  });
  expect(sizes[0]).toBeLessThan(1000);
  expect(sizes.at(-1)).toBe(1000);
});

describe('what throttling cost', () => {
  const at = (throttledPeriods: number | null, throttledUs: number | null) =>
    snapshotOf({ throttledPeriods, throttledUs });

  test('is what the counters grew by', () => {
    const track = recorded(at(100, 5_000_000), at(110, 5_780_000));
    expect(figureAt(track, 'lostUs', 2)).toBe(78_000);
    expect(figureAt(track, 'heldBackCores', 2)).toBeCloseTo(0.78, 6);
  });

  test('is 0 while nothing is held back, and then no period has lost anything', () => {
    const track = recorded(at(100, 5_000_000), at(100, 5_000_000));
    expect(figureAt(track, 'heldBackCores', 2)).toBe(0);
    expect(figureAt(track, 'lostUs', 2)).toBeNaN();
  });

  test('is unknown where another group imposes the limit from now on, once', () => {
    const above = { limitedBy: '/', throttledPeriods: 900, throttledUs: 90_000_000 };
    const later = { ...above, throttledPeriods: 910, throttledUs: 90_500_000 };
    const track = recorded(at(100, 5_000_000), snapshotOf(above), snapshotOf(later));
    expect([2, 3].map((slot) => figureAt(track, 'lostUs', slot))).toEqual([Number.NaN, 50_000]);
    expect([2, 3].map((slot) => figureAt(track, 'heldBackCores', slot))).toEqual([Number.NaN, 0.5]);
  });

  test('is unknown where a counter began anew or could not be read, once', () => {
    const track = recorded(
      at(100, 5_000_000),
      at(3, 100),
      at(5, 40_100),
      at(null, null),
      at(9, 50_000),
      at(10, 60_000),
    );
    expect([2, 3, 4, 5, 6].map((slot) => figureAt(track, 'lostUs', slot))).toEqual([
      Number.NaN,
      20_000,
      Number.NaN,
      Number.NaN,
      10_000,
    ]);
  });
});

test('whatever comes, what is remembered is what came', () => {
  const cores = fc.option(fc.float({ min: 0, max: 64, noNaN: true }));
  fc.assert(
    fc.property(
      fc.array(fc.record({ cores, seconds: fc.integer({ min: 1, max: 200 }) }), { minLength: 1, maxLength: 40 }),
      (ticks) => {
        const track = recorded(
          ...ticks.map((tick) => snapshotOf({ usageCores: tick.cores }, tick.seconds * 1_000_000)),
        );
        let slot = 0;
        const came = new Map<number, number>();
        for (const [index, tick] of ticks.entries()) {
          const from = index === 0 || tick.seconds > 61 ? slot + tick.seconds : slot + 1;
          slot += tick.seconds;
          for (let second = from; second <= slot; second += 1) {
            came.set(second, tick.cores ?? Number.NaN);
          }
        }
        for (let second = slot - SLOTS - 5; second <= slot + 5; second += 1) {
          const expected = second > slot - SLOTS ? (came.get(second) ?? Number.NaN) : Number.NaN;
          expect(figureAt(track, 'cpuCores', second)).toBe(expected);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('of several samples within one second the last one stays, whatever was before and comes after', () => {
  const tick = fc.record({ cores: fc.integer({ min: 0, max: 2 }), tenths: fc.integer({ min: 2, max: 25 }) });
  fc.assert(
    fc.property(fc.array(tick, { minLength: 1, maxLength: 2000 }), (ticks) => {
      const track = recorded(...ticks.map(({ cores, tenths }) => snapshotOf({ usageCores: cores }, tenths * 100_000)));
      const came = new Map<number, number>();
      let tenths = 0;
      let last = Math.floor((ticks[0]?.tenths ?? 0) / 10) - 1;
      for (const each of ticks) {
        tenths += each.tenths;
        const slot = Math.floor(tenths / 10);
        for (let second = Math.min(last + 1, slot); second <= slot; second += 1) {
          came.set(second, each.cores);
        }
        last = slot;
      }
      for (let second = last - SLOTS + 1; second <= last; second += 1) {
        expect(figureAt(track, 'cpuCores', second)).toBe(came.get(second) ?? Number.NaN);
      }
    }),
    { numRuns: 40 },
  );
});

test('buckets hold the least and the most, at places that do not move', () => {
  const values = [4, 1, 7, Number.NaN, 2, 9, 5];
  const snapshots = values.map((value) => snapshotOf({ usageCores: Number.isNaN(value) ? null : value }));
  expect(bucketsOf(recorded(...snapshots), 'cpuCores', 3, 4)).toEqual({
    low: [Number.NaN, 1, 2, 5],
    high: [Number.NaN, 4, 7, 9],
  });
});

describe('changes of a limit', () => {
  test('are told with the second in which they were first seen, across what is unknown', () => {
    const track = recorded(
      snapshotOf({ limitCores: 1 }),
      snapshotOf({ limitCores: 1 }),
      snapshotOf({ limitCores: 'max' }),
      snapshotOf({ limitCores: null }),
      snapshotOf({ limitCores: 'max' }),
      snapshotOf({ limitCores: 2 }),
    );
    const ago = (seconds: number) =>
      changesOf(track, 'cpuLimitCores', seconds).map(({ slot, from, to }) => [track.last - slot, from, to]);
    const { POSITIVE_INFINITY: MAX } = Number;
    expect(ago(SLOTS)).toEqual([
      [3, 1, MAX],
      [0, MAX, 2],
    ]);
    expect(ago(2)).toEqual([[0, MAX, 2]]);
    expect(ago(0)).toEqual([]);
  });

  test('are at the sample that saw them, and not before it, however long nobody looked', () => {
    const before = snapshotOf({ usageCores: 1, limitCores: 1 });
    const after = snapshotOf({ usageCores: 2, limitCores: 4 }, 10_000_000);
    const track = recorded(before, after, snapshotOf({ usageCores: 2, limitCores: 4 }, 10_000_000));
    expect(changesOf(track, 'cpuLimitCores', SLOTS)).toEqual([{ slot: 11, from: 1, to: 4 }]);
    expect([2, 10, 11].map((slot) => figureAt(track, 'cpuLimitCores', slot))).toEqual([1, 1, 4]);
    expect([2, 10, 11].map((slot) => figureAt(track, 'cpuCores', slot))).toEqual([2, 2, 2]);
  });
});
