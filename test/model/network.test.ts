import { describe, expect, it } from 'vitest';
import { networkSchema } from '../../src/model/document/isolation.ts';
import { buildNetwork } from '../../src/model/network.ts';
import { gone, ok } from '../../src/model/reading.ts';
import type { NetworkDevice } from '../../src/model/sample.ts';

const device = (name: string): NetworkDevice => ({
  name,
  rxBytes: 1,
  rxPackets: 2,
  rxErrors: 3,
  rxDropped: 4,
  txBytes: 5,
  txPackets: 6,
  txErrors: 7,
  txDropped: 8,
});
const port = { host: '127.0.0.1:8080', container: 80, protocol: 'tcp' };

describe('network', () => {
  it('joins interfaces, addresses and ports', () => {
    const addresses = ok([
      { name: 'lo', address: '127.0.0.1' },
      { name: 'eth0', address: '172.17.0.2' },
      { name: 'eth0', address: 'fe80::1' },
    ]);
    const { network, problems } = buildNetwork(
      { devices: ok([device('lo'), device('eth0')]), addresses, readAtUs: 0, earlier: null },
      [port],
    );
    expect(networkSchema.parse(network)).toEqual(network);
    expect(network?.interfaces.map(({ name, addresses: own }) => [name, own])).toEqual([
      ['lo', ['127.0.0.1']],
      ['eth0', ['172.17.0.2', 'fe80::1']],
    ]);
    expect(network?.interfaces[0]).toMatchObject({ rxBytes: 1, txDropped: 8 });
    expect(network?.ports).toEqual([port]);
    expect(problems).toEqual([]);
  });

  it('says which address it could not place', () => {
    const addresses = ok([{ name: null, address: '10.0.0.7' }]);
    const devices = ok([device('a'), device('b')]);
    const { problems } = buildNetwork({ devices, addresses, readAtUs: 0, earlier: null }, []);
    expect(problems).toMatchObject([{ message: expect.stringContaining('10.0.0.7') }]);
  });

  it('is null with a reason where nothing can be read, and without one where the process ended', () => {
    const denied = { status: 'denied', path: '/proc/4/net/dev', code: 'EACCES' } as const;
    expect(buildNetwork({ devices: denied, addresses: null, readAtUs: 0, earlier: null }, [])).toMatchObject({
      network: null,
      problems: [{ code: 'EACCES' }],
    });
    expect(buildNetwork({ devices: gone, addresses: gone, readAtUs: 0, earlier: null }, [])).toEqual({
      network: null,
      problems: [],
    });
    const { network, problems } = buildNetwork(
      { devices: ok([device('lo')]), addresses: denied, readAtUs: 0, earlier: null },
      [],
    );
    expect(network?.interfaces.length).toBe(1);
    expect(problems.length).toBe(1);
  });
});
