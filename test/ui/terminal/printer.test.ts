import { expect, test } from 'vitest';
import { createPrinter } from '../../../src/ui/terminal/printer.ts';

test('only rows that changed are written', () => {
  const written: string[] = [];
  const printer = createPrinter((text) => written.push(text));
  printer.print(['one', 'two', 'three']);
  printer.print(['one', 'TWO', 'three']);
  printer.print(['one', 'TWO', 'three']);
  expect(written).toHaveLength(2);
  expect(written[1]).toBe('\u001b[?2026h\u001b[2;1HTWO\u001b[H\u001b[?2026l');
});

test('all rows are written on another size, and after somebody else wrote', () => {
  const written: string[] = [];
  const printer = createPrinter((text) => written.push(text));
  printer.print(['one', 'two']);
  printer.print(['one']);
  printer.forget();
  printer.print(['one']);
  expect(written.slice(1).map((text) => text.includes('one'))).toEqual([true, true]);
});
