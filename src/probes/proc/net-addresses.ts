import { ok, type Reading } from '../../model/reading.ts';
import type { NetworkAddress } from '../../model/sample.ts';
import type { Host } from '../host.ts';
import { parseFibTrie, parseIfInet6, parseRoutes, type Route } from './net-tables.ts';

/**
 * The addresses of a process's network namespace, without entering it. IPv6: /proc/PID/net/if_inet6 names the
 * interface. IPv4: fib_trie has every address but no interface, so each goes to the interface whose connected route
 * (/proc/PID/net/route) is the narrowest around it; 127.0.0.0/8 is the loopback's; without such a route (a lone /32) it
 * is that of the only other interface. Where that leaves a choice, the name is null.
 */
export function readNetAddresses(
  host: Host,
  pid: number,
  devices: readonly string[],
): Reading<readonly NetworkAddress[]> {
  const directory = `/proc/${pid}/net`;
  const trie = host.readText(`${directory}/fib_trie`, 'unsupported');
  const table = host.readText(`${directory}/route`, 'unsupported');
  const six = host.readText(`${directory}/if_inet6`, 'unsupported');
  if (trie.status !== 'ok') {
    return trie;
  }
  if (table.status !== 'ok') {
    return table;
  }
  const routes = parseRoutes(table.value, `${directory}/route`);
  if (routes.status !== 'ok') {
    return routes;
  }
  const four = parseFibTrie(trie.value).map((address) => ({
    name: interfaceOf(address, routes.value, devices),
    address,
  }));
  // Absent where the kernel runs without IPv6.
  const named = six.status === 'ok' ? parseIfInet6(six.value, `${directory}/if_inet6`) : ok([]);
  return named.status === 'ok' ? ok([...four, ...named.value]) : named;
}

/** Which interface an IPv4 address is on, as far as the routes tell. */
export function interfaceOf(address: string, routes: readonly Route[], devices: readonly string[]): string | null {
  if (address.startsWith('127.')) {
    return 'lo';
  }
  const value = ipv4Value(address);
  const around = routes
    .filter((route) => route.connected && route.mask !== 0 && (value & route.mask) >>> 0 === route.destination)
    .sort((a, b) => b.mask - a.mask);
  const names = new Set(around.filter((route) => route.mask === around[0]?.mask).map((route) => route.name));
  const others = names.size > 0 ? [...names] : devices.filter((name) => name !== 'lo');
  return others.length === 1 ? (others[0] ?? null) : null;
}

function ipv4Value(address: string): number {
  return address.split('.').reduce((value, part) => value * 256 + Number(part), 0);
}
