import fc from 'fast-check';
import { expect, it } from 'vitest';
import { toAscii } from '../../src/present/ascii.ts';
import { displayWidth, printable } from '../../src/present/printable.ts';

it.each([
  ['▸web · 0.20…', '>web . 0.20~'],
  ['⣿⢕⠉⣀', ":%'."],
  ['東京 x', '???? x'],
  ['e\u0301t\u0301', 'et'],
  ['a👨‍👩‍👧b', 'a??b'],
])('%j is %j', (text, ascii) => {
  expect(toAscii(text)).toBe(ascii);
});

it('is ASCII and takes as many columns, whatever the text', () => {
  const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })).map(printable);
  fc.assert(
    fc.property(texts, (text) => {
      expect(toAscii(text)).toMatch(/^[ -~]*$/);
      expect(displayWidth(toAscii(text))).toBe(displayWidth(text));
    }),
  );
});
