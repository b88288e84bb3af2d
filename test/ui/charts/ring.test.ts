import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DONUT, GAUGE, ringRows, type Share, type Texture } from '../../../src/ui/charts/ring.ts';
import { type Row, rowText, rowWidth, type Tone } from '../../../src/ui/rows.ts';

const TEXTURES: readonly Texture[] = ['full', 'half', 'lines', 'third', 'rim'];
const TONES: readonly Tone[] = ['accent', 'good', 'warn', 'bad', 'dim'];

function share(part: number, at = 0, texture: Texture = 'full', letter = ''): Share {
  return { part, tone: TONES[at] ?? 'dim', texture, letter };
}

/** Dots of each tone: of a full ring, where a character holds dots of one tone or is between two. */
function dotsOf(rows: readonly Row[], tone: Tone): number {
  const signs = rows
    .flat()
    .filter((span) => span.tone === tone)
    .flatMap(({ text }) => Array.from(text));
  return signs.reduce((sum, sign) => {
    const bits = sign === ' ' ? 0 : sign.charCodeAt(0) - 0x2800;
    return sum + bits.toString(2).replaceAll('0', '').length;
  }, 0);
}

const text = (rows: readonly Row[]) => rows.map((row) => rowText(row).trimEnd());

describe('a ring', () => {
  test('goes all around, clockwise from the top', () => {
    const lines = 12;
    const quadrantsOf = (shares: readonly Share[], tone: Tone) => {
      const rows = ringRows(lines, shares, DONUT, '').map((row) =>
        row.flatMap((span) => Array.from(span.text, (sign) => ({ ...span, text: sign }))),
      );
      const [upper, lower] = [rows.slice(0, lines / 2), rows.slice(lines / 2)];
      const left = (half: readonly Row[]) => half.map((row) => row.slice(0, lines));
      const right = (half: readonly Row[]) => half.map((row) => row.slice(lines));
      return [right(upper), right(lower), left(lower), left(upper)].map((rows) => dotsOf(rows, tone));
    };
    const [quarter = 0, ...others] = quadrantsOf([share(1)], 'accent');
    expect(quarter).toBeGreaterThan(0);
    expect(others).toEqual([quarter, quarter, quarter]);
    for (const at of [0, 1, 2, 3]) {
      const shares = [share(at, 1), share(1), share(3 - at, 2)];
      expect(quadrantsOf(shares, 'accent')).toEqual([0, 1, 2, 3].map((each) => (each === at ? quarter : 0)));
    }
  });

  test('has its word in the middle', () => {
    expect(text(ringRows(5, [share(1)], DONUT, '25%'))[2]).toMatch(/^\S+ +25% +\S+$/);
  });

  test('is nothing where there is nothing to share', () => {
    expect(ringRows(5, [], DONUT, '')).toEqual([]);
    expect(ringRows(5, [share(0)], DONUT, '')).toEqual([]);
    expect(ringRows(5, [share(Number.NaN)], DONUT, '')).toEqual([]);
  });

  test('has a letter where a share has room for it', () => {
    const shares = [share(60, 0, 'full', 'a'), share(37, 1, 'half', 'f'), share(3, 2, 'lines', 'k')];
    expect(
      text(ringRows(9, shares, DONUT, ''))
        .join('')
        .replace(/[^a-z]/g, '')
        .split('')
        .sort(),
    ).toEqual(['a', 'f']);
  });

  test('is never larger than its box, whatever is shared', () => {
    const shares = fc.array(
      fc.record({
        part: fc.double({ min: 0, max: 1e15, noNaN: true }),
        tone: fc.constantFrom(...TONES),
        texture: fc.constantFrom(...TEXTURES),
        letter: fc.constantFrom('', 'a'),
      }),
    );
    const sweeps = fc.constantFrom(DONUT, GAUGE);
    fc.assert(
      fc.property(
        shares,
        fc.integer({ min: 1, max: 12 }),
        sweeps,
        fc.constantFrom('', '7%', '100%'),
        (given, lines, sweep, word) => {
          const rows = ringRows(lines, given, sweep, word);
          expect(rows.length).toBeOneOf([0, lines]);
          for (const row of rows) {
            expect(rowWidth(row)).toBe(2 * lines);
          }
        },
      ),
    );
  });

  test('gives each share its part of the dots', () => {
    const whole = dotsOf(ringRows(12, [share(1)], DONUT, ''), 'accent');
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (part) => {
        const rows = ringRows(12, [share(part), share(1 - part, 1)], DONUT, '');
        const [first, second] = [dotsOf(rows, 'accent'), dotsOf(rows, 'good')];
        expect(first + second).toBe(whole);
        // The characters of the two borders are of one of both.
        expect(Math.abs(first / whole - part)).toBeLessThan(0.05);
      }),
    );
    const gauge = dotsOf(ringRows(12, [share(1)], GAUGE, ''), 'accent');
    expect(gauge / whole).toBeCloseTo(0.75, 1);
  });
});
