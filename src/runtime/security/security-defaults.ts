import type { CapabilitySets, DeviceNode, DeviceSpec, NamedValue, RlimitSpec } from '../spec.ts';
import { WrongValue } from '../wrong-value.ts';
import { encodeBpf } from './bpf.ts';
import { capabilitySets, chooseCapabilities } from './capabilities.ts';
import { defaultFilter } from './default-filter.ts';
import { DEFAULT_DEVICE_RULES, type DeviceRule } from './device-rules.ts';
import { allDevices, defaultDevices, givenDevices } from './devices.ts';
import type { HostFacts } from './host-facts.ts';
import { confinedPaths } from './paths.ts';
import { chooseRlimits } from './rlimits.ts';
import { compileSeccomp } from './seccomp-compile.ts';
import { readSeccompProfile } from './seccomp-json.ts';
import { chooseSysctls, type OwnNamespaces } from './sysctls.ts';

/** What was asked of a container's confinement, as typed. */
export type SecurityOptions = {
  readonly privileged: boolean;
  readonly noNewPrivileges: boolean;
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly seccomp: SeccompChoice;
  readonly devices: readonly string[];
  readonly ulimits: readonly string[];
  readonly sysctls: readonly NamedValue[];
  /** Of the command. */
  readonly uid: number;
  /** Whether a control group will keep it from devices that are not its own. */
  readonly devicesRuled: boolean;
  readonly own: OwnNamespaces;
};

/** `profile`: a file of the user's and the text in it. */
export type SeccompChoice =
  | { readonly kind: 'default' }
  | { readonly kind: 'unconfined' }
  | { readonly kind: 'profile'; readonly file: string; readonly text: string };

/** How the host's devices are found. */
export type DeviceSource = {
  readonly find: (path: string) => readonly DeviceNode[];
  readonly all: () => readonly DeviceNode[];
};

export type SecurityDefaults = {
  readonly capabilities: CapabilitySets;
  readonly noNewPrivileges: boolean;
  readonly seccomp: Uint8Array | null;
  readonly maskedPaths: readonly string[];
  readonly readonlyPaths: readonly string[];
  readonly devices: readonly DeviceSpec[];
  /** What may be done with which devices; null: anything. */
  readonly deviceRules: readonly DeviceRule[] | null;
  readonly rlimits: readonly RlimitSpec[];
  readonly sysctls: readonly NamedValue[];
};

/**
 * How a container is confined: Docker's defaults (moby 29), with no_new_privs besides, and what was asked. `privileged`
 * gives all capabilities that we have and all devices, masks nothing and filters only by a profile that was named.
 * Who could make a node of the host's disk and open it, makes none.
 * WrongValue for an option that cannot be.
 */
export function securityDefaults(options: SecurityOptions, host: HostFacts, source: DeviceSource): SecurityDefaults {
  const { privileged, own, uid } = options;
  const names = chooseCapabilities(
    { add: options.capAdd, drop: options.capDrop, privileged },
    own.user ? host.known : host.held.filter((name) => name !== 'CAP_MKNOD' || privileged || options.devicesRuled),
  );
  const given = givenDevices(options.devices, own.user, source.find);
  const ofHost = privileged ? allDevices(source.all(), own.user) : [];
  const { masked, readOnly } = confinedPaths(privileged, host.throttleCounters);
  return {
    capabilities: capabilitySets(names, uid),
    noNewPrivileges: options.noNewPrivileges,
    seccomp: chooseFilter(options, names, host),
    maskedPaths: masked,
    readonlyPaths: readOnly,
    devices: lastOfEachPath([...ofHost, ...defaultDevices(own.user), ...given.nodes]),
    deviceRules: privileged ? null : [...DEFAULT_DEVICE_RULES, ...given.rules],
    rlimits: chooseRlimits(options.ulimits, host.mostFiles),
    sysctls: chooseSysctls(options.sysctls, own),
  };
}

function chooseFilter(
  { seccomp, privileged }: SecurityOptions,
  bounding: readonly string[],
  { arch, kernel }: HostFacts,
): Uint8Array | null {
  if (seccomp.kind === 'unconfined' || (seccomp.kind === 'default' && privileged)) return null;
  if (arch === null) {
    throw new WrongValue('--security-opt seccomp', 'the system calls of this machine are not known; only unconfined');
  }
  if (seccomp.kind === 'default') return defaultFilter(bounding, arch);
  const profile = readSeccompProfile(seccomp.file, seccomp.text, { arch, kernel, bounding });
  if (profile === null) return null;
  try {
    return encodeBpf(compileSeccomp(profile, arch));
  } catch (error) {
    if (error instanceof RangeError) throw new WrongValue(seccomp.file, error.message);
    throw error;
  }
}

function lastOfEachPath(devices: readonly DeviceSpec[]): readonly DeviceSpec[] {
  return [...new Map(devices.map((device) => [device.path, device])).values()];
}
