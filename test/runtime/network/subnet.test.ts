import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  chooseSubnet,
  overlap,
  parseSubnet,
  routedSubnets,
  type Subnet,
  sizeOf,
  subnetText,
} from '../../../src/runtime/network/subnet.ts';

const routes = `Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t010A10AC\t0003\t0\t0\t0\t00000000\t0\t0\t0
docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
nsview-12345678\t0004D50A\t00000000\t0001\t0\t0\t0\t00FCFFFF\t0\t0\t0
wg0\t0500D00A\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0
`;

const subnets = fc
  .tuple(fc.integer({ min: 0, max: 30 }), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }))
  .map(([prefixLength, where]): Subnet => {
    const size = sizeOf(prefixLength);
    return { base: Math.floor((where * 2 ** 32) / size) * size, prefixLength };
  });

describe('the network of a bridge', () => {
  test('the routes of the host are read as the kernel prints them', () => {
    expect(routedSubnets(routes, 'nsview-12345678').map(subnetText)).toEqual(['172.17.0.0/16', '10.208.0.5/32']);
    expect(routedSubnets(routes, 'other').map(subnetText)).toContain('10.213.4.0/22');
    expect(routedSubnets('', 'x')).toEqual([]);
  });

  test('is chosen where nothing else is', () => {
    const chosen = (seed: number, ...taken: readonly string[]) => {
      const subnet = chooseSubnet(
        taken.map((text) => parseSubnet(text) ?? { base: 0, prefixLength: 0 }),
        seed,
      );
      return subnet === null ? null : subnetText(subnet);
    };
    expect(chosen(0)).toBe('10.208.0.0/22');
    expect(chosen(65_535)).toBe('10.223.252.0/22');
    expect(chosen(0, '10.208.0.4/30')).toBe('10.208.4.0/22');
    expect(chosen(1023, '10.223.0.0/16')).toBe('10.208.0.0/22');
    expect(chosen(7, '10.208.0.0/13')).toBe('10.216.0.0/22');
    expect(chosen(7, '10.0.0.0/8')).toBeNull();
  });

  test('overlaps none that is taken, whatever those are', () => {
    fc.assert(
      fc.property(fc.array(subnets), fc.nat(65_535), (taken, seed) => {
        const subnet = chooseSubnet(taken, seed);
        if (subnet === null) return;
        const last = subnet.base + sizeOf(subnet.prefixLength) - 1;
        for (const other of taken) {
          expect(last < other.base || subnet.base > other.base + sizeOf(other.prefixLength) - 1).toBe(true);
        }
      }),
    );
  });

  test('texts and numbers are the same', () => {
    fc.assert(
      fc.property(subnets, subnets, (one, other) => {
        expect(parseSubnet(subnetText(one))).toEqual(one);
        expect(overlap(one, other)).toBe(overlap(other, one));
        expect(overlap(one, one)).toBe(true);
      }),
    );
    for (const text of ['', '10.0.0.0', '10.0.0.1/22', '256.0.0.0/8', '10.0.0.0/31', '10.0.0/24', '1.2.3.4.5/8']) {
      expect(parseSubnet(text)).toBeNull();
    }
  });
});
