import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { displayWidth } from '../../../src/present/printable.ts';
import { canvasOf } from '../../../src/ui/charts/braille.ts';
import { AXIS, chartRows, dotsIn, type Layer, secondsPerDot } from '../../../src/ui/charts/chart.ts';
import { sparkline } from '../../../src/ui/charts/sparkline.ts';
import { rowText } from '../../../src/ui/rows.ts';
import { paintRow } from '../../../src/ui/theme.ts';

const { NaN: NONE, POSITIVE_INFINITY: MAX } = Number;

function layer(kind: Layer['kind'], values: readonly number[]): Layer {
  return { kind, name: kind, tone: 'accent', buckets: { low: values, high: values } };
}

function pictureOf(layers: readonly Layer[], height = 1, width = AXIS + 1 + 8): readonly string[] {
  const rows = chartRows({ width, height, layers, seconds: 16, label: (value) => value.toFixed(1) });
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
    expect(pictureOf([use, layer('limit', Array(16).fill(2))])).toEqual([Array(8).fill('⣁').join('')]);
    expect(pictureOf([use, layer('limit', Array(16).fill(MAX))])).toEqual([Array(8).fill('⣀').join('')]);
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
    const rows = chartRows({ width: 60, height: 5, layers, seconds: 90, label: (value) => value.toFixed(1) });
    expect(rows.map((row) => rowText(row).slice(0, AXIS))).toEqual([
      '         2.0 ┤',
      '             │',
      '         1.0 ┤',
      '             │',
      '             │',
      '           0 └',
    ]);
    expect(rowText(rows.at(-1) ?? [])).toBe('           0 └ 1.5 min ago   ⠒⠒ line  ⠄⠄ limit  ─────── now');
  });

  test('can be read without colours and without Unicode', () => {
    const layers = [layer('line', [0, 0, 0, 0, 3, 3, 3, 3]), layer('limit', Array(16).fill(4))];
    const rows = chartRows({ width: 40, height: 2, layers, seconds: 16, label: (value) => value.toFixed(1) });
    const painted = rows.map((row) => paintRow(row, { depth: 'none', utf8: false }));
    expect(painted.map((line) => line.replace(/\u001b\[[\d;]*m/g, '').trimEnd())).toEqual([
      '         4.0 +--::----',
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
        (drawn, width, height) => {
          const layers = drawn.map(([kind, figures]) => layer(kind, figures));
          const rows = chartRows({ width, height, layers, seconds: 600, label: () => '1' });
          for (const row of rows.slice(0, -1)) {
            expect(displayWidth(rowText(row))).toBe(width - 1);
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

test('a sparkline is empty only where nothing is known', () => {
  expect(sparkline([0, 1, 4, 8, NONE, 9, MAX], 8)).toBe('▁▁▄█ █ ');
  expect(sparkline([0, 0], 0)).toBe('▁▁');
});
