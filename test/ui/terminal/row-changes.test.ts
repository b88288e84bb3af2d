import headless from '@xterm/headless';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printable } from '../../../src/present/printable.ts';
import { fitRow, type Row, type Span } from '../../../src/ui/rows.ts';
import { rowChanges } from '../../../src/ui/terminal/row-changes.ts';
import { paintRow, themeOf } from '../../../src/ui/theme.ts';

const COLUMNS = 40;
const themes = [
  { TERM: 'xterm-256color', COLORTERM: 'truecolor' },
  { TERM: 'xterm', LANG: 'C' },
  { TERM: 'xterm', NO_COLOR: '1' },
].map((env) => themeOf({ LANG: 'C.UTF-8', ...env }));

const letters = fc.constantFrom(
  'a',
  'b',
  '7',
  ' ',
  '─',
  '⣿',
  '…',
  'é',
  'e\u0301',
  '\u0301',
  '東',
  '👍',
  '👨‍👩‍👧',
  '한',
);
const text = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: fc.constantFrom('a', 'b', ' ', '⣿'), maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ unit: letters, maxLength: 12 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }).map(printable) },
);
const piece: fc.Arbitrary<Span> = fc.record(
  {
    text,
    tone: fc.constantFrom('dim', 'good', 'bad'),
    bold: fc.boolean(),
    underline: fc.boolean(),
    selected: fc.boolean(),
  },
  { requiredKeys: ['text'] },
);
const pieces = fc.array(piece, { maxLength: 8 });
/** Two rows that mostly are alike, as those of two seconds. */
const pair: fc.Arbitrary<readonly [Row, Row]> = fc
  .tuple(pieces, fc.array(fc.option(piece, { freq: 2 }), { maxLength: 8 }))
  .map(([before, changes]) => [before, before.map((each, index) => changes[index] ?? each)]);

/** Every cell of the first two rows, with all that it looks like, after these texts. */
async function cellsAfter(...texts: readonly string[]): Promise<readonly unknown[]> {
  const terminal = new headless.Terminal({ cols: COLUMNS, rows: 3, scrollback: 0, allowProposedApi: true });
  // A letter written with what is left of a style shows whether one is.
  await new Promise<void>((resolve) => terminal.write(`${texts.join('')}\u001b[3;1H!`, resolve));
  const cells = [0, 1, 2].flatMap((y) => {
    const line = terminal.buffer.active.getLine(y);
    return Array.from({ length: COLUMNS }, (_, x) => {
      const cell = line?.getCell(x);
      return [
        cell?.getChars() || ' ',
        cell?.getWidth(),
        cell?.getFgColorMode(),
        cell?.getFgColor(),
        cell?.getBgColorMode(),
        cell?.getBgColor(),
        cell?.isBold(),
        cell?.isDim(),
        cell?.isUnderline(),
        cell?.isInverse(),
      ];
    });
  });
  terminal.dispose();
  return cells;
}

test('what changed of a row makes the same cells as the whole row, and is never longer', async () => {
  await fc.assert(
    fc.asyncProperty(pair, fc.constantFrom(...themes), async (rows, theme) => {
      const [before, now] = rows.map((row) => paintRow(fitRow(row, COLUMNS), theme)) as [string, string];
      const whole = `\u001b[1;1H${now}`;
      const changes = rowChanges(before, now, 1);
      expect(changes.length).toBeLessThanOrEqual(whole.length);
      const start = `\u001b[1;1H${before}`;
      expect(await cellsAfter(start, changes)).toEqual(await cellsAfter(start, whole));
    }),
    { numRuns: 300 },
  );
});

const BOLD = '\u001b[0;1m';
const RESET = '\u001b[0m';
const blank = ' '.repeat(30);

test.each([
  ['nothing', `one${blank}`, `one${blank}`, ''],
  ['one cell', `9s${blank}`, `8s${blank}`, '\u001b[4;1H8'],
  ['two cells that are far from each other', `1${blank}1${blank}`, `2${blank}2${blank}`, '\u001b[4;1H2\u001b[4;32H2'],
  ['two that are close', `1 x 1${blank}`, `2 x 2${blank}`, '\u001b[4;1H2 x 2'],
  ['within a style', `${BOLD}a 1 b${RESET}${blank}`, `${BOLD}a 2 b${RESET}${blank}`, `\u001b[4;3H${BOLD}2${RESET}`],
  ['the style alone', `a 1 b${blank}`, `a ${BOLD}1${RESET} b${blank}`, `\u001b[4;3H${BOLD}1${RESET}`],
  ['before a wide letter', `1${blank}東京 x`, `2${blank}東京 x`, '\u001b[4;1H2'],
  ['behind a wide letter', `${blank}東京 1`, `${blank}東京 2`, '\u001b[4;30H 東京 2'],
  ['a mark on a letter', `${blank}e\u0301 `, `${blank}e\u0300 `, '\u001b[4;31He\u0300 '],
])('of a row is written what changed: %s', (_, before, now, expected) => {
  expect(rowChanges(before, now, 4)).toBe(expected);
});
