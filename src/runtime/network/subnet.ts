/** A network of IPv4: the address of the network itself as a number, and the length of its prefix. */
export type Subnet = { readonly base: number; readonly prefixLength: number };

/** As many addresses as a bridge has room for ports: BR_MAX_PORTS of the kernel is 1024. */
const PREFIX_LENGTH = 22;

/** 10.208.0.0/12: private, and far from what Docker, Podman, LXC and Kubernetes take by themselves. */
const POOL: Subnet = { base: (10 << 24) | (208 << 16), prefixLength: 12 };

export function sizeOf(prefixLength: number): number {
  return 2 ** (32 - prefixLength);
}

export function addressText(address: number): string {
  return [24, 16, 8, 0].map((shift) => (address >>> shift) & 0xff).join('.');
}

export function subnetText({ base, prefixLength }: Subnet): string {
  return `${addressText(base)}/${prefixLength}`;
}

/** `10.213.4.0/22`; null: no such thing. */
export function parseSubnet(text: string): Subnet | null {
  const [, address = '', length = ''] = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(text) ?? [];
  const bytes = address.split('.').map(Number);
  const prefixLength = Number(length);
  if (bytes.length !== 4 || bytes.some((byte) => byte > 255) || prefixLength > 30) return null;
  const base = bytes.reduce((number, byte) => number * 256 + byte, 0);
  return base % sizeOf(prefixLength) === 0 ? { base, prefixLength } : null;
}

/**
 * The networks that the routes of /proc/net/route lead to (proc_pid_net(5); numbers in the machine's byte order, which is
 * little-endian wherever we run), but for those of one interface and the default route.
 */
export function routedSubnets(text: string, except: string): readonly Subnet[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [name = '', destination = '', , , , , , mask = ''] = line.split('\t');
      const prefixLength = prefixOf(littleEndian(mask));
      return name === except || mask === '' || prefixLength === 0
        ? []
        : [{ base: littleEndian(destination), prefixLength }];
    });
}

export function overlap(a: Subnet, b: Subnet): boolean {
  const size = sizeOf(Math.min(a.prefixLength, b.prefixLength));
  return Math.floor(a.base / size) === Math.floor(b.base / size);
}

/** The first network from the pool that none of these overlaps, beginning where `seed` says; null: all are taken. */
export function chooseSubnet(taken: readonly Subnet[], seed: number): Subnet | null {
  const count = sizeOf(POOL.prefixLength) / sizeOf(PREFIX_LENGTH);
  for (let step = 0; step < count; step++) {
    const base = POOL.base + ((seed + step) % count) * sizeOf(PREFIX_LENGTH);
    const subnet = { base, prefixLength: PREFIX_LENGTH };
    if (!taken.some((other) => overlap(subnet, other))) return subnet;
  }
  return null;
}

function littleEndian(hex: string): number {
  return Buffer.from(hex.padStart(8, '0'), 'hex').readUInt32LE();
}

function prefixOf(mask: number): number {
  return Math.clz32(~mask >>> 0);
}
