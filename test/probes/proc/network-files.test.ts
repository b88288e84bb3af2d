import { SocketAddress } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interfaceOf, readNetAddresses } from '../../../src/probes/proc/net-addresses.ts';
import { parseNetDev, readNetDev } from '../../../src/probes/proc/net-dev.ts';
import { ipv6Text, parseFibTrie, parseIfInet6, parseRoutes, type Route } from '../../../src/probes/proc/net-tables.ts';
import { memoryHost } from '../../support/memory-host.ts';

const titles = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
`;

/** One branch of the trie as the kernel prints it for a container on a bridge. */
const trie = `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 127.0.0.0/8 2 0 2
        +-- 127.0.0.0/31 1 0 0
           |-- 127.0.0.0
              /8 host LOCAL
           |-- 127.0.0.1
              /32 host LOCAL
        |-- 127.255.255.255
           /32 link BROADCAST
     +-- 172.17.0.0/16 2 0 2
        +-- 172.17.0.0/28 2 0 2
           |-- 172.17.0.0
              /16 link UNICAST
           |-- 172.17.0.9
              /32 host LOCAL
        |-- 172.17.255.255
           /32 link BROADCAST
`;

const routeTitle = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT   \n';
const route = `${routeTitle}eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0
eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
`;

describe('net/dev', () => {
  it('has the counters of every interface', () => {
    const text = `${titles}    lo:       0       0    0    0    0     0          0         0        0       0    0    0    0     0       0          0
  eth0:    2492      32    1    2    0     0          0         0      735       8    3    4    0     0       0          0
`;
    expect(parseNetDev(text)).toMatchObject({
      status: 'ok',
      value: [
        { name: 'lo', rxBytes: 0, txBytes: 0 },
        {
          name: 'eth0',
          rxBytes: 2492,
          rxPackets: 32,
          rxErrors: 1,
          rxDropped: 2,
          txBytes: 735,
          txPackets: 8,
          txErrors: 3,
          txDropped: 4,
        },
      ],
    });
  });

  it('takes a name apart from a figure that touches it', () => {
    const text = `${titles}eth0:1:18446744073709551615 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n`;
    expect(parseNetDev(text)).toMatchObject({ value: [{ name: 'eth0:1', rxPackets: 2, txBytes: 9 }] });
  });

  it.each([
    'eth0: 1 2 3',
    'eth0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16',
    'eth0: a 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16',
  ])('%j is garbled', (line) => {
    expect(parseNetDev(`${titles}${line}\n`)).toMatchObject({ status: 'garbled', line });
  });

  it('reads back any counters', () => {
    const figures = fc.array(fc.nat(), { minLength: 16, maxLength: 16 });
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9.@_-]{1,15}$/), figures, (name, counters) => {
        expect(parseNetDev(`${titles}${name.padStart(6)}: ${counters.join(' ')}\n`)).toMatchObject({
          value: [
            { name, rxBytes: counters[0], rxDropped: counters[3], txBytes: counters[8], txDropped: counters[11] },
          ],
        });
      }),
    );
  });

  it('is gone with its process', () => {
    expect(readNetDev(memoryHost(''), 42)).toEqual({ status: 'gone' });
  });
});

describe('addresses', () => {
  const files = `=== proc/42/net/fib_trie\n${trie}=== proc/42/net/route\n${route}`;
  const six = `=== proc/42/net/if_inet6
00000000000000000000000000000001 01 80 10 80       lo
fe8000000000000000fc00fffe000001 04 40 20 80     eth0
`;

  it('go to their interfaces', () => {
    expect(readNetAddresses(memoryHost(files + six), 42, ['lo', 'eth0'])).toEqual({
      status: 'ok',
      value: [
        { name: 'lo', address: '127.0.0.1' },
        { name: 'eth0', address: '172.17.0.9' },
        { name: 'lo', address: '::1' },
        { name: 'eth0', address: 'fe80::fc:ff:fe00:1' },
      ],
    });
  });

  it('are all there on a kernel without IPv6', () => {
    expect(readNetAddresses(memoryHost(files), 42, ['lo', 'eth0'])).toMatchObject({ value: { length: 2 } });
  });

  it('are unknown where the tables are not to be read', () => {
    expect(readNetAddresses(memoryHost('=== proc/42/net !EACCES\n'), 42, [])).toMatchObject({ status: 'denied' });
    const garbled = memoryHost(`=== proc/42/net/fib_trie\n${trie}=== proc/42/net/route\n${routeTitle}eth0 nonsense\n`);
    expect(readNetAddresses(garbled, 42, [])).toMatchObject({ status: 'garbled', line: 'eth0 nonsense' });
  });

  it('are listed once though two tables hold them', () => {
    expect(parseFibTrie(trie + trie.replace('Main', 'Local'))).toEqual(['127.0.0.1', '172.17.0.9']);
  });

  const connected = (name: string, destination: number, bits: number): Route => ({
    name,
    destination,
    mask: bits === 0 ? 0 : (0xffffffff << (32 - bits)) >>> 0,
    connected: true,
  });
  const ten = 0x0a000000;

  it.each([
    ['the narrowest connected route', '10.0.1.5', [connected('a', ten, 8), connected('b', ten + 256, 24)], 'b'],
    ['a route through a gateway tells nothing', '10.0.1.5', [{ ...connected('a', ten, 8), connected: false }], null],
    ['the loopback', '127.0.0.53', [], 'lo'],
    ['two interfaces in one network', '10.0.1.5', [connected('a', ten, 8), connected('b', ten, 8)], null],
    ['two routes of one interface', '10.0.1.5', [connected('a', ten, 8), connected('a', ten, 8)], 'a'],
    ['above 127', '200.0.1.5', [connected('a', 0xc8000000, 8)], 'a'],
  ])('%s', (_, address, routes, name) => {
    expect(interfaceOf(address, routes, ['lo', 'a', 'b'])).toBe(name);
  });

  it('a lone address belongs to the only interface besides the loopback', () => {
    expect(interfaceOf('10.1.2.3', [], ['lo', 'eth0'])).toBe('eth0');
    expect(interfaceOf('10.1.2.3', [], ['lo'])).toBeNull();
  });

  it('reads routes in the order of their bytes', () => {
    expect(parseRoutes(route)).toMatchObject({
      value: [
        { name: 'eth0', destination: 0, connected: false },
        { name: 'eth0', destination: 0xac110000, mask: 0xffff0000, connected: true },
      ],
    });
  });

  it('writes IPv6 as the rest of the world does', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constant(0), fc.nat(0xffff)), { minLength: 8, maxLength: 8 }), (groups) => {
        const digits = groups.map((group) => group.toString(16).padStart(4, '0'));
        // libuv writes the last 32 bits of mapped addresses as IPv4: another form of the same address.
        fc.pre(groups.slice(0, 5).some((group) => group !== 0));
        expect(ipv6Text(digits.join(''))).toBe(
          new SocketAddress({ family: 'ipv6', address: digits.join(':') }).address,
        );
      }),
    );
  });

  it.each(['nonsense', 'fe80 04 40 20 80 eth0', 'fe8000000000000000fc00fffe000001 04'])('%j is garbled', (line) => {
    expect(parseIfInet6(`${line}\n`)).toMatchObject({ status: 'garbled', line });
  });
});
