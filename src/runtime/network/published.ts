import { isIPv4, isIPv6 } from 'node:net';
import type { PortSpec } from '../spec.ts';
import { WrongValue } from '../wrong-value.ts';

/** Nobody else's machine is let in unless asked for. */
const DEFAULT_ADDRESS = '127.0.0.1';

const PORTS = 65_535;

type Range = { readonly first: number; readonly last: number };

/**
 * What `-p` says: [ADDRESS:][HOST:]CONTAINER[/tcp], each a port or a range, as docker-run(1). Without HOST, or with 0, the
 * kernel chooses the port. Throws WrongValue naming the flag's value.
 */
export function parsePublished(texts: readonly string[]): readonly PortSpec[] {
  const ports = texts.flatMap((text) => parseOne(text));
  const taken = new Set<string>();
  for (const { hostAddress, hostPort } of ports) {
    const place = hostAddress.includes(':') ? `[${hostAddress}]:${hostPort}` : `${hostAddress}:${hostPort}`;
    if (hostPort !== 0 && taken.has(place)) throw new WrongValue('--publish', `${place} is asked for twice`);
    taken.add(place);
  }
  return ports;
}

function parseOne(text: string): readonly PortSpec[] {
  const wrong = (why: string) => new WrongValue(`--publish ${text}`, why);
  const [, whole = '', protocol = 'tcp'] = /^([^/]*)(?:\/(.*))?$/s.exec(text) ?? [];
  if (protocol !== 'tcp') {
    throw wrong(`only tcp can be published, not ${protocol === '' ? 'an empty protocol' : protocol}`);
  }
  const { address, host, container } = splitParts(whole) ?? {};
  if (container === undefined) {
    throw wrong('it is not [ADDRESS:][HOST:]CONTAINER[/tcp] such as 4000:80');
  }
  if (address !== undefined && !isIPv4(address) && (!isIPv6(address) || address.includes('%'))) {
    throw wrong(`'${address}' is no IP address`);
  }
  const inside = parseRange(container, 1) ?? fail(wrong(portRule(container, 1)));
  const outside = host === undefined || host === '' ? null : (parseRange(host, 0) ?? fail(wrong(portRule(host, 0))));
  const count = inside.last - inside.first + 1;
  if (outside !== null && outside.last - outside.first + 1 !== count) {
    throw wrong(`${host} and ${container} are not equally many ports`);
  }
  return Array.from({ length: count }, (_, index) => ({
    hostAddress: address ?? DEFAULT_ADDRESS,
    hostPort: outside === null || outside.first === 0 ? 0 : outside.first + index,
    containerPort: inside.first + index,
    protocol: 'tcp',
  }));
}

/** An address of version 6 stands in brackets, as its own colons would be taken for ours. */
function splitParts(text: string): { address?: string; host?: string; container: string } | null {
  const bracketed = /^\[([^\]]*)\]:([^:]*):([^:]*)$/.exec(text);
  const [first, second, third, fourth] = text.split(':');
  if (bracketed !== null) {
    const [, address = '', host = '', container = ''] = bracketed;
    return { address, host, container };
  }
  if (text.includes('[') || fourth !== undefined || first === undefined) return null;
  if (second === undefined) return { container: first };
  return third === undefined ? { host: first, container: second } : { address: first, host: second, container: third };
}

function parseRange(text: string, least: number): Range | null {
  const [, from = '', to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  const range = { first: Number(from), last: Number(to) };
  const isRange = from !== '' && range.first >= least && range.first <= range.last && range.last <= PORTS;
  return isRange && (range.first > 0 || range.last === 0) ? range : null;
}

function portRule(text: string, least: number): string {
  return `'${text}' is no port or range within ${least} and ${PORTS}`;
}

function fail(error: Error): never {
  throw error;
}

/**
 * The ports with the one that the kernel chose for this one: where several were left to it, they are listened on in their
 * order. `listening`: what the helper says, `127.0.0.1:40123`.
 */
export function withChosen(
  ports: readonly PortSpec[],
  { address, containerPort }: { readonly address: string; readonly containerPort: number },
  listening: string,
): readonly PortSpec[] {
  const chosen = Number(/:(\d+)$/.exec(listening)?.[1] ?? 0);
  const place = ports.findIndex((port) => {
    return port.hostPort === 0 && port.hostAddress === address && port.containerPort === containerPort;
  });
  return ports.map((port, index) => (index === place ? { ...port, hostPort: chosen } : port));
}

const REFUSALS: { readonly [errno: string]: string } = {
  EADDRINUSE: 'another program listens there',
  EADDRNOTAVAIL: 'this host has no such address',
  EACCES: 'it is kept for root',
};

/** Why the kernel did not let it listen, by the errno's name. */
export function publishRefusal(errno: string | null): string {
  return REFUSALS[errno ?? ''] ?? 'it cannot be listened on';
}
