import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Body, moveCursor, selectedIndex, topLine } from '../../../src/ui/views/body.ts';

/** Lines with keys, and titles (null) between them. */
function bodyOf(keys: readonly (string | null)[]): Body {
  return {
    head: [],
    count: keys.length,
    selectable: true,
    keyAt: (index) => keys[index] ?? null,
    line: () => [],
    columnAt: () => null,
    copyAt: () => null,
  };
}

const bodies = fc
  .array(fc.boolean(), { maxLength: 30 })
  .map((titles) => bodyOf(titles.map((isTitle, index) => (isTitle ? null : `k${index}`))));

test('after any moves the selected line can be selected, and is on the screen', () => {
  fc.assert(
    fc.property(
      bodies,
      fc.integer({ min: 1, max: 10 }),
      fc.array(fc.integer({ min: -40, max: 40 })),
      (body, height, moves) => {
        let cursor = { key: null as string | null, index: 0, top: 0 };
        for (const by of moves) {
          cursor = moveCursor(body, cursor, by, height);
          const selected = selectedIndex(body, cursor);
          const top = topLine(body, cursor, height);
          expect(top).toBeGreaterThanOrEqual(0);
          expect(top).toBeLessThanOrEqual(Math.max(0, body.count - height));
          if (selected >= 0) {
            expect(body.keyAt(selected)).not.toBeNull();
            expect(selected).toBeGreaterThanOrEqual(top);
            expect(selected).toBeLessThan(top + height);
          }
        }
      },
    ),
  );
});

test('a title comes into sight with its first line', () => {
  const body = bodyOf([null, 'a', 'b', 'c', 'd', 'e']);
  const down = moveCursor(body, { key: 'a', index: 1, top: 0 }, 4, 3);
  expect(topLine(body, moveCursor(body, down, -4, 3), 3)).toBe(0);
});

test('text scrolls and stops at its ends', () => {
  const text: Body = { ...bodyOf(['a', 'b', 'c', 'd']), selectable: false };
  const start = { key: null, index: 0, top: 0 };
  expect(moveCursor(text, start, 9, 3).top).toBe(1);
  expect(moveCursor(text, start, -9, 3).top).toBe(0);
});
