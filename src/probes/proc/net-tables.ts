import { garbled, ok, type Reading } from '../../model/reading.ts';
import type { NetworkAddress } from '../../model/sample.ts';
import { linesOf } from '../kernel-text.ts';

/** One line of /proc/PID/net/route, as numbers in host order. `connected`: it needs no gateway. */
export type Route = {
  readonly name: string;
  readonly destination: number;
  readonly mask: number;
  readonly connected: boolean;
};

/** RTF_GATEWAY of include/uapi/linux/route.h. */
const GATEWAY = 0x0002;

/** /proc/PID/net/route: addresses are hexadecimal in the machine's own byte order, little-endian on all we run on. */
export function parseRoutes(text: string, path = '/proc/PID/net/route'): Reading<readonly Route[]> {
  const routes: Route[] = [];
  for (const line of linesOf(text).slice(1)) {
    const [name, destination, , flags, , , , mask] = line.trim().split(/\s+/);
    const target = ipv4Hex(destination);
    const width = ipv4Hex(mask);
    if (name === undefined || target === null || width === null || !/^[0-9A-F]+$/.test(flags ?? '')) {
      return garbled(path, line);
    }
    const connected = (Number.parseInt(flags ?? '', 16) & GATEWAY) === 0;
    routes.push({ name, destination: target, mask: width, connected });
  }
  return ok(routes);
}

/**
 * The addresses in /proc/PID/net/fib_trie: leaves marked `/32 host LOCAL`, listed once per table. Networks of the
 * loopback are local too, but wider.
 */
export function parseFibTrie(text: string): readonly string[] {
  const addresses = new Set<string>();
  let leaf = '';
  for (const line of linesOf(text)) {
    const named = /\|-- (\d+\.\d+\.\d+\.\d+)$/.exec(line);
    if (named !== null) {
      leaf = named[1] ?? '';
    } else if (/^\s+\/32 host LOCAL\b/.test(line) && leaf !== '') {
      addresses.add(leaf);
    }
  }
  return [...addresses];
}

/** /proc/PID/net/if_inet6: address, index, prefix length, scope, flags (all hexadecimal), name. */
export function parseIfInet6(text: string, path = '/proc/PID/net/if_inet6'): Reading<readonly NetworkAddress[]> {
  const addresses: NetworkAddress[] = [];
  for (const line of linesOf(text)) {
    const [address, , , , , name] = line.trim().split(/\s+/);
    if (address === undefined || name === undefined || !/^[0-9a-f]{32}$/.test(address)) {
      return garbled(path, line);
    }
    addresses.push({ name, address: ipv6Text(address) });
  }
  return ok(addresses);
}

/** 32 hexadecimal digits as people write them (RFC 5952): the longest run of two or more zero groups becomes `::`. */
export function ipv6Text(digits: string): string {
  const groups = (digits.match(/.{4}/g) ?? []).map((group) => group.replace(/^0{1,3}/, ''));
  let start = 0;
  let length = 0;
  for (let at = 0; at < groups.length; at += 1) {
    let end = at;
    while (groups[end] === '0') {
      end += 1;
    }
    if (end - at > length) {
      start = at;
      length = end - at;
    }
    at = Math.max(at, end - 1);
  }
  if (length < 2) {
    return groups.join(':');
  }
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`;
}

function ipv4Hex(text: string | undefined): number | null {
  if (text === undefined || !/^[0-9A-F]{8}$/.test(text)) {
    return null;
  }
  const bytes = (text.match(/../g) ?? []).reverse();
  return Number.parseInt(bytes.join(''), 16);
}
