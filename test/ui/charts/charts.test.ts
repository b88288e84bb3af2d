import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { displayWidth } from '../../../src/present/printable.ts';
import { canvasOf } from '../../../src/ui/charts/braille.ts';
import { AXIS, chartRows, dotsIn, type Layer } from '../../../src/ui/charts/chart.ts';
import { sparkline } from '../../../src/ui/charts/sparkline.ts';
import { dotOf, overDots, secondsPerDot, timeWindow } from '../../../src/ui/charts/time-window.ts';
import { rowText } from '../../../src/ui/rows.ts';
import { paintRow } from '../../../src/ui/theme.ts';

const { NaN: NONE, POSITIVE_INFINITY: MAX } = Number;

function layer(kind: Layer['kind'], values: readonly number[]): Layer {
  return { kind, name: kind, tone: 'accent', buckets: { low: values, high: values } };
}

const INPUT = { seconds: 16, label: (value: number) => value.toFixed(1), marks: [] };

function pictureOf(layers: readonly Layer[], height = 1, width = AXIS + 1 + 8): readonly string[] {
  const rows = chartRows({ ...INPUT, width, height, layers });
  return rows.slice(0, -1).map((row) => rowText(row).slice(AXIS).trimEnd());
}

describe('a canvas', () => {
  test('puts each dot where Unicode has it', () => {
    const canvas = canvasOf(4, 1);
    const dots: readonly (readonly [number, number])[] = [
      [0, 0],
      [1, 0],
      [2, 3],
      [3, 3],
      [5, 1],
      [6, 2],
    ];
    for (const [x, y] of dots) {
      canvas.dot(x, y, 'accent');
    }
    expect(rowText(canvas.rows()[0] ?? [])).toBe('⠉⣀⠐⠄');
  });

  test('takes dots outside of it for nothing, and keeps tones apart', () => {
    const canvas = canvasOf(3, 1);
    for (const [x, y] of [
      [-1, 0],
      [6, 0],
      [0, 4],
      [0, -1],
    ] as const) {
      canvas.dot(x, y, 'bad');
    }
    canvas.dot(0, 0, 'accent');
    canvas.dot(4, 0, 'warn');
    expect(canvas.rows()).toEqual([
      [
        { text: '⠁ ', tone: 'accent' },
        { text: '⠁', tone: 'warn' },
      ],
    ]);
  });
});

describe('a chart', () => {
  test('draws from 0 to the most, joined, and leaves gaps empty', () => {
    expect(pictureOf([layer('line', [0, 0, 3, 3, NONE, NONE, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0])])).toEqual(['⣀⠏ ⠔⣄⣀⣀⣀']);
  });

  test('shows the least and the most of each stretch', () => {
    const spread = { ...layer('line', []), buckets: { low: [0, 3], high: [3, 3] } };
    expect(pictureOf([spread])).toEqual(['⡏']);
  });

  test('draws a limit where there is one, and scales to it', () => {
    const use = layer('line', Array(16).fill(0));
    expect(pictureOf([use, layer('limit', Array(16).fill(2))], 2)).toEqual(['┄┄┄┄┄┄┄┄', '⣀⣀⣀⣀⣀⣀⣀⣀']);
    expect(pictureOf([use, layer('limit', Array(16).fill(MAX))])).toEqual([Array(8).fill('⣀').join('')]);
  });

  test('draws a limit as steps, from above where there was none, and says where it changed', () => {
    const use = layer('line', Array(16).fill(0));
    const steps = layer('limit', [MAX, MAX, MAX, MAX, 1, 1, 1, 1, 3, 3, 3, 3, NONE, NONE, 0, 0]);
    expect(pictureOf([use, steps], 4)).toEqual(['  ┆ ┌┄', '  ┆ ┆', '  └┄┘', '⣀⣀⣀⣀⣀⣀⣀⣀┄']);
  });

  test('shows a limit also where all of it is used', () => {
    const values = Array(16).fill(2);
    const rows = chartRows({
      ...INPUT,
      width: AXIS + 9,
      height: 2,
      layers: [layer('line', values), layer('limit', values)],
    });
    expect(rowText(rows[0] ?? [])).toMatch(/^ +┄ 2\.0 ┤⠉{8}┄$/);
  });

  test('puts marks where nothing else is, the last ones first, and one that finds no place beside the name', () => {
    const values = [...Array(40).fill(4), ...Array(40).fill(2)];
    const layers = [
      layer(
        'line',
        values.map(() => 0),
      ),
      layer('limit', values),
    ];
    const marks = [
      { dot: 20, text: 'first' },
      { dot: 40, text: 'second' },
    ];
    const at = (height: number) =>
      chartRows({ ...INPUT, width: AXIS + 41, height, layers, marks }).map((row) => rowText(row).slice(AXIS));
    expect(at(3).slice(0, -1)).toEqual([
      `${'┄'.repeat(20)}┐  second${' '.repeat(11)}`,
      `${' '.repeat(13)}first  └${'┄'.repeat(19)}`,
      '⣀'.repeat(40),
    ]);
    expect(at(1).at(-1)).toContain('┄┄ second');
  });

  test('stacks areas, the upper one with every second dot', () => {
    const lower = layer('area', Array(16).fill(1));
    const upper = layer('area', Array(16).fill(2));
    expect(pictureOf([lower, upper])).toEqual([Array(8).fill('⣵').join('')]);
    expect(pictureOf([lower, layer('area', [NONE, NONE])])).toEqual([Array(8).fill('⣿').join('')]);
  });

  test('is not there where nothing but a limit is known, or no room', () => {
    expect(pictureOf([layer('line', [NONE]), layer('limit', [1])])).toEqual([]);
    expect(pictureOf([layer('line', [1])], 1, AXIS + 5)).toEqual([]);
  });

  test('names what it shows', () => {
    const layers = [layer('line', [1]), layer('limit', [2])];
    const rows = chartRows({ ...INPUT, width: 60, height: 5, layers, seconds: 90 });
    expect(rows.map((row) => rowText(row).slice(0, AXIS))).toEqual([
      '         2.0 ┤',
      '             │',
      '         1.0 ┤',
      '             │',
      '             │',
      '           0 └',
    ]);
    expect(rowText(rows.at(-1) ?? [])).toBe('           0 └ 1.5 min ago   ⠒⠒ line  ┄┄ limit  ─────── now');
  });

  test('can be read without colours and without Unicode', () => {
    const layers = [layer('line', [0, 0, 0, 0, 3, 3, 3, 3]), layer('limit', Array(16).fill(4))];
    const rows = chartRows({ ...INPUT, width: 40, height: 2, layers });
    const painted = rows.map((row) => paintRow(row, { depth: 'none', utf8: false }));
    expect(painted.map((line) => line.replace(/\u001b\[[\d;]*m/g, '').trimEnd())).toEqual([
      '         4.0 +--..----',
      '             |..:',
      "           0 ` 16 s ago   '' line  -- limit",
    ]);
  });

  test('whatever the figures, each line is as wide as its room', () => {
    const values = fc.array(fc.oneof(fc.double({ min: 0 }), fc.constantFrom(NONE, MAX, 0)), { maxLength: 90 });
    const kinds = fc.constantFrom('line', 'area', 'limit') satisfies fc.Arbitrary<Layer['kind']>;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(kinds, values), { maxLength: 4 }),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 0, max: 9 }),
        fc.array(fc.record({ dot: fc.nat(200), text: fc.constantFrom('', 'limit 0.20 → max', 'x'.repeat(70)) })),
        (drawn, width, height, marks) => {
          const layers = drawn.map(([kind, figures]) => layer(kind, figures));
          const rows = chartRows({ width, height, layers, seconds: 600, label: () => '1', marks });
          for (const row of rows.slice(0, -1)) {
            // The last column is for a limit that is covered.
            expect(displayWidth(rowText(row).replace(/┄$/, '')) - (width - 1)).toBeOneOf([0, -1]);
            expect(displayWidth(rowText(row))).toBeLessThanOrEqual(width);
          }
        },
      ),
    );
  });
});

test('a dot is as few seconds as let everything fit', () => {
  expect(dotsIn(80)).toBe(130);
  expect([1, 130, 131, 391, 600].map((age) => secondsPerDot(age, 130))).toEqual([1, 1, 2, 5, 5]);
  expect(secondsPerDot(600, 20)).toBe(30);
});

test('a window of minutes is drawn over all dots, and a second has its dot in it', () => {
  expect(timeWindow(10, 200, 130)).toEqual({ seconds: 2, count: 130, dots: 130 });
  expect(timeWindow(10, 600, 130)).toEqual({ seconds: 5, count: 120, dots: 130 });
  expect(timeWindow(1, 600, 340)).toEqual({ seconds: 1, count: 60, dots: 340 });
  expect(timeWindow(3, 600, 130)).toEqual({ seconds: 2, count: 90, dots: 130 });
  const narrow = { seconds: 1, count: 2, dots: 5 };
  expect(overDots({ low: [1, 2], high: [3, 4] }, narrow)).toEqual({ low: [1, 1, 1, 2, 2], high: [3, 3, 3, 4, 4] });
  expect([98, 99].map((second) => dotOf(second, 99, narrow))).toEqual([0, 3]);
});

test('a sparkline is empty only where nothing is known', () => {
  expect(sparkline([0, 1, 4, 8, NONE, 9, MAX], 8)).toBe('▁▁▄█ █ ');
  expect(sparkline([0, 0], 0)).toBe('▁▁');
});
