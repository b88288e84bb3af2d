import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  formatBytes,
  formatBytesShort,
  formatCores,
  formatDuration,
  formatLimit,
  formatPercent,
} from '../../src/present/units.ts';

const MIB = 1024 ** 2;

test.each([
  [null, '–', '–'],
  [0, '0 B', '0'],
  [512, '512 B', '512'],
  [1023, '1023 B', '1023'],
  [1024, '1 KiB', '1K'],
  [300 * MIB, '300 MiB', '300M'],
  [4.1 * MIB, '4.1 MiB', '4.1M'],
  [1024 * MIB - 1, '1.0 GiB', '1.0G'],
  [23.5 * 1024 * MIB, '23.5 GiB', '23.5G'],
])('%j bytes are %j, in short %j', (bytes, long, short) => {
  expect(formatBytes(bytes)).toBe(long);
  expect(formatBytesShort(bytes)).toBe(short);
});

test.each([
  [0, '0s'],
  [59.9, '59s'],
  [720, '12m'],
  [3 * 3600 + 300, '3h05m'],
  [30 * 3600, '30h'],
  [9 * 86400, '9d'],
  [800 * 86400, '2y'],
  [null, '–'],
])('%j seconds are %j', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test('percentages, cores and limits', () => {
  expect([0, 0.04, 0.8, 9.96, 96.4, null].map(formatPercent)).toEqual(['0%', '0.0%', '0.8%', '10%', '96%', '–']);
  expect([0, 0.2, 12.345, 128, null].map(formatCores)).toEqual(['0.00', '0.20', '12.3', '128', '–']);
  expect(formatLimit('max', formatBytes)).toBe('max');
  expect(formatLimit(null, formatBytes)).toBe('–');
  expect(formatLimit(300 * MIB, formatBytes)).toBe('300 MiB');
});

test('short bytes stay within five columns up to an exbibyte', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), (bytes) => {
      expect(formatBytesShort(bytes).length).toBeLessThanOrEqual(5);
    }),
  );
});
