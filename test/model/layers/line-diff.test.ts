import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DiffLine, lineDiff } from '../../../src/model/layers/line-diff.ts';
import { previewOf } from '../../../src/model/layers/preview.ts';

const shown = (lines: readonly (DiffLine | null)[]) =>
  lines.map((line) => (line === null ? '…' : line.sign + line.text));

describe('what changed between two texts', () => {
  it('is told line by line, with what is around it', () => {
    const before = ['1', '2', '3', '4', '5', 'old', '6', '7', '8', '9', '10'];
    const now = ['1', '2', '3', '4', '5', 'new', 'more', '6', '7', '8', '9', '10'];
    expect(shown(lineDiff(before, now))).toEqual([
      '…',
      ' 3',
      ' 4',
      ' 5',
      '-old',
      '+new',
      '+more',
      ' 6',
      ' 7',
      ' 8',
      '…',
    ]);
  });

  it('is nothing where nothing did', () => {
    expect(lineDiff(['a', 'b'], ['a', 'b'])).toEqual([]);
    expect(lineDiff([], [])).toEqual([]);
  });

  it('finds a line that moved away', () => {
    expect(shown(lineDiff(['a', 'b', 'c'], ['b', 'c']))).toEqual(['-a', ' b', ' c']);
  });

  it('gives up to match lines of two huge texts, and tells all of both', () => {
    const [before, now] = ['a', 'b'].map((letter) => Array.from({ length: 1100 }, (_, at) => `${letter}${at}`));
    expect(lineDiff(before ?? [], now ?? [])).toHaveLength(2200);
  });

  it('leads from the one to the other, whatever they are', () => {
    const texts = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 });
    fc.assert(
      fc.property(texts, texts, (before, now) => {
        const lines = lineDiff(before, now).filter((line) => line !== null);
        const side = (sign: '-' | '+') => lines.filter((line) => line.sign !== sign).map(({ text }) => text);
        const isPart = (part: readonly string[], whole: readonly string[]) =>
          `\n${whole.join('\n')}\n`.includes(part.join('\n'));
        expect(isPart(side('+'), before)).toBe(true);
        expect(isPart(side('-'), now)).toBe(true);
        const count = (sign: string) => lines.filter((line) => line.sign === sign).length;
        expect(count('+') - count('-')).toBe(now.length - before.length);
        expect(lines.length === 0).toBe(JSON.stringify(before) === JSON.stringify(now));
      }),
    );
  });
});

describe('the beginning of a file', () => {
  it('is text where it is UTF-8, also where it was cut within a character', () => {
    expect(previewOf(Buffer.from('one\ntwo\n'), true)).toEqual({ kind: 'text', lines: ['one', 'two'], isWhole: true });
    expect(previewOf(Buffer.from('東京').subarray(0, 4), false)).toEqual({
      kind: 'text',
      lines: ['東'],
      isWhole: false,
    });
  });

  it('is bytes where it is not', () => {
    const { kind, lines } = previewOf(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0xff]), true);
    expect(kind).toBe('hex');
    expect(lines).toEqual(['00000000  7f 45 4c 46 00 ff                                 |.ELF..|']);
    expect(previewOf(Buffer.from([0xe6, 0x9d]), true).kind).toBe('hex');
  });
});
