import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderTable, type TextColumn } from '../../../src/cli/inspect/text-table.ts';
import { displayWidth } from '../../../src/present/printable.ts';

const head: readonly TextColumn[] = [
  { title: 'ID', align: 'left', shrink: false },
  { title: 'SIZE', align: 'right', shrink: false },
  { title: 'NAME', align: 'left', shrink: true },
];

describe('renderTable', () => {
  it('is as wide as its content, with nothing behind the last cell', () => {
    expect(
      renderTable(
        head,
        [
          ['a1', '3', 'web'],
          ['b', '1234567', ''],
        ],
        null,
      ),
    ).toBe('ID     SIZE  NAME\na1        3  web\nb   1234567\n');
  });

  it('shortens the columns that may give way, in their middle', () => {
    expect(renderTable(head, [['a1', '3', 'a-very-long-container-name']], 24)).toBe(
      'ID  SIZE  NAME\na1     3  a-very-…r-name\n',
    );
  });

  it('counts columns, not letters', () => {
    const table = renderTable(
      [
        { title: 'A', align: 'left', shrink: false },
        { title: 'B', align: 'left', shrink: false },
      ],
      [
        ['漢字', 'x'],
        ['ab', 'y'],
      ],
      null,
    );
    expect(table).toBe('A     B\n漢字  x\nab    y\n');
  });

  it('never leaves the terminal while names alone are long', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 200 })),
        fc.integer({ min: 30, max: 120 }),
        (names, columns) => {
          const rows = names.map((name) => ['0123456789ab', '12M', name]);
          for (const line of renderTable(head, rows, columns).split('\n')) {
            expect(displayWidth(line)).toBeLessThanOrEqual(columns);
          }
        },
      ),
    );
  });
});
