import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CAPABILITIES, decodeCapabilities } from '../../../src/model/capabilities.ts';
import { capabilitySets, chooseCapabilities } from '../../../src/runtime/security/capabilities.ts';

const hexadecimal = (names: readonly string[]): string => capabilitySets(names, 0).bounding.toString(16);
const choose = (add: readonly string[], drop: readonly string[], privileged = false): readonly string[] =>
  chooseCapabilities({ add, drop, privileged }, CAPABILITIES);

describe('the capabilities of a container', () => {
  it.each<[string, readonly string[], readonly string[], string]>([
    ['nothing asked', [], [], 'a80425fb'],
    ['one added, in any spelling', ['net_admin'], [], 'a80435fb'],
    ['one added with its prefix', ['CAP_NET_ADMIN'], [], 'a80435fb'],
    ['one dropped', [], ['CHOWN'], 'a80425fa'],
    ['all dropped', [], ['ALL'], '0'],
    ['all dropped, one added', ['CHOWN'], ['all'], '1'],
    ['all added', ['ALL'], [], '1ffffffffff'],
    ['all added but one', ['ALL'], ['CHOWN'], '1fffffffffe'],
    ['all added and dropped', ['ALL'], ['ALL'], '1ffffffffff'],
    ['one both added and dropped', ['CHOWN'], ['CHOWN'], 'a80425fb'],
  ])('%s', (_, add, drop, mask) => {
    expect(hexadecimal(choose(add, drop))).toBe(mask);
  });

  it('are all that there are when privileged', () => {
    expect(choose([], ['ALL'], true)).toEqual(CAPABILITIES);
  });

  it('are never more than can be given', () => {
    const held = CAPABILITIES.filter((name) => name !== 'CAP_SYS_RESOURCE' && name !== 'CAP_CHOWN');
    expect(chooseCapabilities({ add: ['ALL'], drop: [], privileged: false }, held)).toEqual(held);
    expect(hexadecimal(chooseCapabilities({ add: [], drop: [], privileged: false }, held))).toBe('a80425fa');
    expect(() => chooseCapabilities({ add: ['SYS_RESOURCE'], drop: [], privileged: false }, held)).toThrow(
      /^--cap-add CAP_SYS_RESOURCE: it cannot be given here: nsview does not hold it/,
    );
  });

  it.each(['NETADMIN', '', 'CAP_', 'CAP_ALL', 'net admin', 'CAP_41'])('%j is none, and there are others', (name) => {
    expect(() => choose([name], [])).toThrow(
      /^--cap-add .*: no capability; there are ALL, CHOWN, DAC_OVERRIDE, .*RESTORE$/,
    );
    expect(() => choose([], [name])).toThrow(/^--cap-drop /);
  });

  it('are the names behind the bits', () => {
    fc.assert(
      fc.property(fc.subarray([...CAPABILITIES]), (names) => {
        expect(decodeCapabilities(hexadecimal(names))).toEqual(names);
      }),
    );
  });

  it('are held by root only; others may come to them by no way', () => {
    expect(capabilitySets(['CAP_CHOWN'], 0)).toEqual({ bounding: 1, effective: 1, permitted: 1 });
    expect(capabilitySets(['CAP_CHOWN'], 1000)).toEqual({ bounding: 1, effective: 0, permitted: 0 });
  });
});
