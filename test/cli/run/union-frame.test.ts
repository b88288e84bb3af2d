import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scrolled, typedKeys, within } from '../../../src/cli/run/union-frame.ts';

describe('the keys of the union on a terminal', () => {
  it('come one by one, those that are sequences whole', () => {
    expect(typedKeys('jd\u001b[6~\u001bOA\u001b[1;5B\u001b')).toEqual([
      'j',
      'd',
      '\u001b[6~',
      '\u001bOA',
      '\u001b[1;5B',
      '\u001b',
    ]);
  });

  it('scroll, and no other key does', () => {
    expect(['j', 'k', '\u001b[5~', '\u001b[6~', 'c'].map((key) => scrolled(20, key, 14))).toEqual([
      21,
      19,
      6,
      34,
      null,
    ]);
    const end = scrolled(20, 'G', 14);
    expect(within(end ?? 0, 100, 14, -1)).toBe(86);
    expect(within(scrolled(20, 'g', 14) ?? 1, 100, 14, -1)).toBe(0);
  });

  it('leave no room empty, and what must be seen is', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(300), fc.integer({ min: 1, max: 60 }), fc.nat(), (wanted, count, room, any) => {
        const reveal = count === 0 ? -1 : any % count;
        const top = within(wanted, count, room, reveal);
        expect(top).toBeGreaterThanOrEqual(0);
        expect(top === 0 || top + room <= count).toBe(true);
        expect(reveal === -1 || (top <= reveal && reveal < top + room)).toBe(true);
      }),
    );
  });
});
