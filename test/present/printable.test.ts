import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, test } from 'vitest';
import { toAscii } from '../../src/present/ascii.ts';
import { displayWidth, fitText, printable, shorten } from '../../src/present/printable.ts';

test.each([
  ['plain', 'plain'],
  ['a\u001b[31mred', 'a�[31mred'],
  ['two\nlines\t', 'two�lines�'],
  ['\u202egpj.exe', '�gpj.exe'],
  ['zero\u200bwidth\u2060', 'zero�width�'],
  ['c1 \u009b31m', 'c1 �31m'],
  ['lone \ud800 half', 'lone � half'],
  ['naïve 東京 é', 'naïve 東京 é'],
  ['tag \u{e0041}', 'tag �'],
])('printable(%j) is %j', (text, expected) => {
  expect(printable(text)).toBe(expected);
});

test('marks do not pile up on one letter', () => {
  expect(printable(`z${'\u0301'.repeat(50)}`)).toBe('z\u0301\u0301');
});

test.each([
  ['short', 8, 'left', 'short   '],
  ['42', 5, 'right', '   42'],
  ['a-long-container-name', 10, 'left', 'a-lon…name'],
  ['東京東京東京', 7, 'left', '東…京  '],
  ['ab', 1, 'left', '…'],
  ['ab', 0, 'left', ''],
] as const)('fitText(%j, %i, %s)', (text, width, align, expected) => {
  expect(fitText(text, width, align)).toBe(expected);
});

const anyText = fc.string({ unit: 'binary', maxLength: 60 });

test('whatever the text, printable text has no control and fits its column exactly', () => {
  fc.assert(
    fc.property(anyText, fc.nat(40), fc.constantFrom('left' as const, 'right' as const), (raw, width, align) => {
      const text = printable(raw);
      expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200b\u200e\u202a-\u202e\u2066-\u2069]|\p{Surrogate}/u);
      expect(printable(text)).toBe(text);
      expect(displayWidth(shorten(text, width))).toBeLessThanOrEqual(width);
      expect(displayWidth(fitText(text, width, align))).toBe(width);
    }),
  );
});

test('a text of 4 KiB is shortened to its two ends', () => {
  expect(shorten('東'.repeat(4096), 9)).toBe('東東…東東');
});

test('ASCII stand-ins take the same number of columns', () => {
  fc.assert(
    fc.property(anyText, (raw) => {
      const text = printable(raw);
      expect(toAscii(text)).toMatch(/^[\x20-\x7e]*$/);
    }),
  );
  for (const text of ['▕███▊▏ 0.20', '東京 …', 'net ⇄ web – 3 · 4']) {
    expect(toAscii(text)).toHaveLength(displayWidth(text));
  }
});

test('the signs of our own views are one column each, as the width tables have it', () => {
  for (const sign of 'é–…·•▸▴▾│─├└┌┐┘┼▕▏█▉▊▋▌▍▎●○✓⚠’−×↵→←↑↓⇄�') {
    expect([sign, displayWidth(sign)]).toEqual([sign, stringWidth(sign)]);
    expect([sign, displayWidth(`東${sign}`)]).toEqual([sign, 3]);
  }
});
