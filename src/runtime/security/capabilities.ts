import { CAPABILITIES } from '../../model/capabilities.ts';
import type { CapabilitySets } from '../spec.ts';
import { WrongValue } from '../wrong-value.ts';

/** Docker's default set (moby, oci/caps). */
export const DEFAULT_SET: readonly string[] = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_FSETID',
  'CAP_FOWNER',
  'CAP_MKNOD',
  'CAP_NET_RAW',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETFCAP',
  'CAP_SETPCAP',
  'CAP_NET_BIND_SERVICE',
  'CAP_SYS_CHROOT',
  'CAP_KILL',
  'CAP_AUDIT_WRITE',
];

const ALL = 'ALL';

const BITS: ReadonlyMap<string, number> = new Map(CAPABILITIES.map((name, bit) => [name, bit]));

export type CapabilityOptions = {
  /** As typed: `NET_ADMIN`, `cap_net_admin`, `all`. */
  readonly add: readonly string[];
  readonly drop: readonly string[];
  readonly privileged: boolean;
};

/**
 * The capabilities a container gets, by name, lowest bit first: Docker's arithmetic. `available` are those that can be
 * given at all: what we hold ourselves, or in a new user namespace all that the kernel knows. Default ones that are not
 * available are left out. WrongValue for a name that is no capability or an added one that is not available.
 */
export function chooseCapabilities(options: CapabilityOptions, available: readonly string[]): readonly string[] {
  const add = options.add.map((name) => readName('--cap-add', name));
  const drop = options.drop.map((name) => readName('--cap-drop', name));
  const missing = add.find((name) => name !== ALL && !available.includes(name));
  if (missing !== undefined) {
    throw new WrongValue(
      `--cap-add ${missing}`,
      'it cannot be given here: nsview does not hold it, or nothing would keep the container from all devices',
    );
  }
  const kept = (): readonly string[] => {
    if (options.privileged) return available;
    if (add.includes(ALL)) return available.filter((name) => !drop.includes(name));
    if (drop.includes(ALL)) return add;
    return [...DEFAULT_SET.filter((name) => !drop.includes(name)), ...add];
  };
  const chosen = new Set(kept());
  return available.filter((name) => chosen.has(name));
}

/** `CAP_NET_ADMIN` for any spelling of it. */
function readName(flag: string, typed: string): string {
  const upper = typed.toUpperCase();
  if (upper === ALL) return ALL;
  const name = upper.startsWith('CAP_') ? upper : `CAP_${upper}`;
  if (BITS.has(name)) return name;
  const known = CAPABILITIES.map((capability) => capability.slice('CAP_'.length)).join(', ');
  throw new WrongValue(`${flag} ${typed}`, `no capability; there are ALL, ${known}`);
}

/** The sets for the launcher; effective and permitted are given only to root, as execve(2) would take them from others. */
export function capabilitySets(names: readonly string[], uid: number): CapabilitySets {
  const mask = [...BITS].reduce((sum, [name, bit]) => (names.includes(name) ? sum + 2 ** bit : sum), 0);
  const held = uid === 0 ? mask : 0;
  return { bounding: mask, effective: held, permitted: held };
}
