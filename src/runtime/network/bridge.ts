import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { helperPlace } from '../launch.ts';
import type { BridgeSpec } from '../spec.ts';
import { namesIn } from '../state/names-in.ts';
import { readTextFile } from '../state/read-text-file.ts';
import { writeWhole } from '../state/records.ts';
import { StateFailure } from '../state/state-failure.ts';
import type { Store } from '../state/store.ts';
import { dropLeases, isOld, takeLease } from './leases.ts';
import {
  addressText,
  chooseSubnet,
  overlap,
  parseSubnet,
  routedSubnets,
  type Subnet,
  sizeOf,
  subnetText,
} from './subnet.ts';

/** Each store has a bridge of its own: its containers meet there, and another store's are elsewhere. */
type BridgePlace = {
  readonly name: string;
  readonly seed: number;
  readonly directory: string;
  readonly leases: string;
  readonly lock: string;
  readonly subnet: string;
};

function bridgePlace(store: Store): BridgePlace {
  const hash = fnv1a(realpathSync(store.root));
  const directory = `${store.root}/network`;
  return {
    // IFNAMSIZ leaves 15 characters.
    name: `nsview-${hash.toString(16).padStart(8, '0')}`,
    seed: hash,
    directory,
    leases: `${directory}/leases`,
    lock: `${directory}/lock`,
    subnet: `${directory}/subnet`,
  };
}

/** Fowler, Noll and Vo: 32 bits that differ where the paths do. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

/** A place on the store's bridge for this container, which is its own until `leaveBridge`. Throws StateFailure. */
export function joinBridge(store: Store, id: string): BridgeSpec {
  const place = bridgePlace(store);
  const subnet = subnetOf(place);
  const address = takeLease(place.leases, id, hostAddresses(subnet));
  if (address === null) {
    throw new StateFailure('--network bridge', `every address of ${subnetText(subnet)} is taken`, 'Remove containers.');
  }
  return {
    bridge: place.name,
    gateway: addressText(subnet.base + 1),
    prefixLength: subnet.prefixLength,
    address,
    veth: `nv${id.slice(0, 12)}`,
    lock: place.lock,
  };
}

/** The address is free for others. */
export function leaveBridge(store: Store, id: string): void {
  dropLeases(bridgePlace(store).leases, (owner) => owner === id);
}

/**
 * Sweeps what killed helpers left: addresses of containers that are no more, pairs whose container does not run, the bridge
 * when nobody is on it. One line for each.
 */
export function sweepBridge(
  store: Store,
  { isKnown, isRunning }: { isKnown: (id: string) => boolean; isRunning: (id: string) => boolean },
): readonly string[] {
  if (!existsSync(`${store.root}/network`)) return [];
  const place = bridgePlace(store);
  dropLeases(place.leases, (owner) => !isKnown(owner) && leaseIsOld(place, owner));
  const link = `/sys/class/net/${place.name}`;
  if (!existsSync(link)) return [];
  const orphans = namesIn(`${link}/brif`)
    .map((veth) => ({ veth, id: readTextFile(`/sys/class/net/${veth}/ifalias`)?.trim() ?? '' }))
    .filter(({ id }) => /^[0-9a-f]{64}$/.test(id) && !isRunning(id));
  for (const { veth, id } of orphans) unbridge(place, veth, id);
  if (orphans.length === 0 && namesIn(`${link}/brif`).length === 0) unbridge(place);
  const removed = orphans.map(({ veth }) => `${veth}: an interface without its container`);
  return existsSync(link) ? removed : [...removed, `${place.name}: a bridge without containers`];
}

function leaseIsOld({ leases }: BridgePlace, owner: string): boolean {
  return namesIn(leases).some((address) => isOld(`${leases}/${address}/${owner}`));
}

function unbridge({ lock, name }: BridgePlace, ...pair: readonly string[]): void {
  spawnSync(helperPlace(), ['unbridge', lock, name, ...pair], { argv0: 'nsview-init', env: {}, stdio: 'ignore' });
}

/** What was chosen once stays, while the bridge is there or nothing else has come to use it. */
function subnetOf(place: BridgePlace): Subnet {
  const known = parseSubnet(readTextFile(place.subnet)?.trim() ?? '');
  const taken = routedSubnets(readTextFile('/proc/net/route') ?? '', place.name);
  const inUse = existsSync(`/sys/class/net/${place.name}`);
  if (known !== null && (inUse || !taken.some((other) => overlap(known, other)))) return known;
  const chosen = chooseSubnet(taken, place.seed);
  if (chosen === null) {
    throw new StateFailure('--network bridge', 'the host has routes to every network that a bridge could take');
  }
  try {
    mkdirSync(place.directory, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw StateFailure.of(place.directory, error);
  }
  writeWhole(place.subnet, `${subnetText(chosen)}\n`);
  return chosen;
}

/** All but the network's own address, the bridge's, and the one for all. */
function* hostAddresses({ base, prefixLength }: Subnet): Generator<string> {
  for (let host = 2; host < sizeOf(prefixLength) - 1; host++) yield addressText(base + host);
}
