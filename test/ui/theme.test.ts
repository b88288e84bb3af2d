import { expect, test } from 'vitest';
import { bold, span } from '../../src/ui/rows.ts';
import { paintRow, themeOf } from '../../src/ui/theme.ts';

test.each([
  [
    { TERM: 'xterm-256color', COLORTERM: 'truecolor', LANG: 'en_US.UTF-8' },
    { depth: 'true', utf8: true },
  ],
  [
    { TERM: 'xterm-256color', LANG: 'C' },
    { depth: '256', utf8: false },
  ],
  [
    { TERM: 'xterm', LC_ALL: 'C', LANG: 'C.UTF-8' },
    { depth: '16', utf8: false },
  ],
  [
    { TERM: 'xterm-256color', COLORTERM: 'truecolor', NO_COLOR: '1', LC_CTYPE: 'C.utf8' },
    { depth: 'none', utf8: true },
  ],
  [
    { TERM: 'xterm', NO_COLOR: '' },
    { depth: '16', utf8: false },
  ],
  [{ TERM: 'dumb' }, { depth: 'none', utf8: false }],
] as const)('%j', (env, theme) => {
  expect(themeOf(env)).toEqual(theme);
});

test('one style for neighbours that are alike, and none left open at the end', () => {
  const row = [span('a'), bold('b', 'bad'), bold('c', 'bad'), span('d')];
  expect(paintRow(row, { depth: '16', utf8: true })).toBe('a\u001b[0;1;31mbc\u001b[0md');
  expect(paintRow(row, { depth: 'none', utf8: true })).toBe('a\u001b[0;1mbc\u001b[0md');
  expect(paintRow([span('…', 'dim')], { depth: '16', utf8: false })).toBe('\u001b[0;90m~\u001b[0m');
});
