import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCapabilities, isFullSet } from '../../src/model/capabilities.ts';

describe('capability sets', () => {
  it.each([
    ['0000000000000000', []],
    ['0000000000000001', ['CAP_CHOWN']],
    ['0000000000200000', ['CAP_SYS_ADMIN']],
    ['0000010000000000', ['CAP_CHECKPOINT_RESTORE']],
    ['0000020000000000', ['CAP_41']],
    ['8000000000000000', ['CAP_63']],
  ])('%s', (set, names) => {
    expect(decodeCapabilities(set)).toEqual(names);
  });

  it.each(['', 'x', '-1', '0x1', '00000000000000001'])('%j is none', (text) => {
    expect(decodeCapabilities(text)).toBeNull();
  });

  it('knows all 41', () => {
    const all = decodeCapabilities('000001ffffffffff') ?? [];
    expect(all.length).toBe(41);
    expect(new Set(all).size).toBe(41);
    expect(all.filter((name) => /^CAP_\d+$/.test(name))).toEqual([]);
  });

  it('has one name for each bit', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 64n - 1n), (set) => {
        const bits = [...set.toString(2)].filter((bit) => bit === '1').length;
        expect(decodeCapabilities(set.toString(16).padStart(16, '0'))?.length).toBe(bits);
      }),
    );
  });

  it.each([
    ['000001ffffffffff', true],
    ['0000003fffffffff', true],
    ['000001fffeffffff', false],
    ['00000000a80425fb', false],
  ])('%s is full: %s', (set, full) => {
    expect(isFullSet(decodeCapabilities(set) ?? [])).toBe(full);
  });
});
