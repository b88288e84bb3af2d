import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stepText } from '../../../src/cli/run/step-text.ts';
import { keysIn } from '../../../src/cli/run/typed-keys.ts';

it('breaks between words and keeps the columns of the first line', () => {
  expect(stepText('  7 of 127 cgroup    host    make a control group', 0, 40)).toBe(
    '  7 of 127 cgroup    host    make a\n  control group',
  );
  expect(stepText('mkdir(/sys/fs/cgroup/cpu/nsview) = done', 7, 20)).toBe(
    '       mkdir(/sys/fs/cgroup/cpu/nsview)\n         = done',
  );
  expect(stepText('as long as it is', 7, Number.POSITIVE_INFINITY)).toBe('       as long as it is');
});

it('loses no word, and no line of several words is wider than the terminal', () => {
  const word = fc.stringMatching(/^[a-z]{1,12}$/);
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 12 }), fc.integer({ min: 12, max: 80 }), (words, width) => {
      const lines = stepText(words.join(' '), 7, width).split('\n');
      expect(lines.flatMap((line) => line.trim().split(' '))).toEqual(words);
      for (const line of lines) {
        if (line.trim().includes(' ')) expect(line.length).toBeLessThanOrEqual(width);
      }
    }),
  );
});

it.each([
  ['\r\r', false, ['next', 'next']],
  ['xn\u001b', false, ['n']],
  ['\u0003', false, ['q']],
  ['n\nc\r\n\n', true, ['n', 'c', 'next']],
] as const)('tells the keys in %j', (text, byLine, keys) => {
  expect(keysIn(text, byLine)).toEqual(keys);
});
