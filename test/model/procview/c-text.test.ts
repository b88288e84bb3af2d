import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { linesWithEnds, scanUnsigned, twoDecimals, wholeUnsigned, wrap } from '../../../src/model/procview/c-text.ts';

describe('numbers as C has them', () => {
  it.each([
    [4990.125, '4990.12'],
    [4990.375, '4990.38'],
    [4990.625, '4990.62'],
    [0.875, '0.88'],
    [-0.125, '-0.12'],
    [1e17, '100000000000000000.00'],
    [0.005, '0.01'],
  ])('%f is printed as %s', (value, text) => {
    expect(twoDecimals(value)).toBe(text);
  });

  it('rounds to a hundredth that is never further away than half of one', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e9, noNaN: true }), (value) => {
        expect(Math.abs(Number(twoDecimals(value)) - value)).toBeLessThanOrEqual(0.005000001);
      }),
    );
  });

  it.each([
    ['  12 kB', 12n],
    ['-1', 2n ** 64n - 1n],
    ['99999999999999999999999', 2n ** 64n - 1n],
    ['kB', null],
    ['', null],
  ])('scans %j', (text, value) => {
    expect(scanUnsigned(text)).toBe(value);
  });

  it('scans no more digits than asked', () => {
    expect(scanUnsigned('      134217724 kB', 8)).toBe(13421772n);
  });

  it.each([
    ['12', 12n],
    ['18446744073709551615', 2n ** 64n - 1n],
    ['18446744073709551616', null],
    ['12x', null],
    ['-1', null],
    ['', null],
  ])('takes %j whole', (text, value) => {
    expect(wholeUnsigned(text)).toBe(value);
  });

  it('wraps below zero', () => {
    expect(wrap(-256n)).toBe(18446744073709551360n);
  });

  it('loses nothing of a text by its lines', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '\n', ' ') }), (text) => {
        expect(linesWithEnds(text).join('')).toBe(text);
      }),
    );
  });
});
