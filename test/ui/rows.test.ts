import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printable } from '../../src/present/printable.ts';
import {
  cutAtBorders,
  fitRow,
  type Row,
  rowText,
  rowWidth,
  sliceRow,
  span,
  splitRow,
  wrap,
} from '../../src/ui/rows.ts';

const rows = fc.array(
  fc.string({ unit: 'binary', maxLength: 12 }).map((text) => span(printable(text))),
  { maxLength: 6 },
);

test('whatever is cut out of a row has the width that was asked for', () => {
  fc.assert(
    fc.property(rows, fc.nat(30), fc.nat(30), (row: Row, from, length) => {
      expect(rowWidth(sliceRow(row, from, from + length))).toBe(length);
    }),
  );
});

test('half a wide character is a blank, on either side', () => {
  expect(rowText(sliceRow([span('a東b')], 0, 2))).toBe('a ');
  expect(rowText(sliceRow([span('a東b')], 2, 5))).toBe(' b ');
});

test('the right part gives way where there is no room', () => {
  expect(rowText(splitRow([span('left')], [span('right')], 12))).toBe('left   right');
  expect(rowText(splitRow([span('left')], [span('right')], 8))).toBe('left    ');
  expect(rowText(fitRow([span('long')], 2))).toBe('lo');
});

test('words wrap, and a word that is too long is cut', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrap('abcdefgh ij', 3)).toEqual(['abc', 'def', 'gh', 'ij']);
  expect(wrap('', 5)).toEqual(['']);
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer({ min: 2, max: 20 }), (text, width) => {
      const clean = printable(text);
      const lines = wrap(clean, width);
      expect(lines.join('').replaceAll(' ', '')).toBe(clean.replaceAll(' ', ''));
      expect(Math.max(...lines.map((line) => rowWidth([span(line)])))).toBeLessThanOrEqual(width);
    }),
  );
});

test('a path is cut where one of its names ends, and no letter of it is lost', () => {
  const text = '/sys/fs/cgroup/cpu/nsview/pid-12-345/cpu.cfs_quota_us: max -> 20000';
  const lines = cutAtBorders(text, 30);
  expect(lines.join('')).toBe(text);
  expect(lines).toEqual(['/sys/fs/cgroup/cpu/nsview/', 'pid-12-345/cpu.cfs_quota_us: ', 'max -> 20000']);
  expect(cutAtBorders('a/bcdefgh', 3)).toEqual(['a/', 'bcd', 'efg', 'h']);
});
