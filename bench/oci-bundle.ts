import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CAPABILITIES } from '../src/model/capabilities.ts';
import { DEFAULT_DEVICE_RULES, deviceRuleText } from '../src/runtime/security/device-rules.ts';
import { defaultSeccompProfile } from '../src/runtime/security/seccomp-default.ts';
import { SECCOMP, type SeccompRule } from '../src/runtime/security/seccomp-profile.ts';
import type { ContainerSpec } from '../src/runtime/spec.ts';
import { run } from '../test/support/command.ts';

/** The bundle of `runc spec` with another root and command. Returns its directory. */
export async function defaultBundle(bundle: string, rootfs: string, args: readonly string[]): Promise<string> {
  await makeBundle(bundle, rootfs, args, () => {});
  return bundle;
}

/** The limits of the launch bench, in the words of both sides. */
export const LIMIT_FLAGS = ['-m', '64m', '--pids-limit', '100', '--cpus', '1'];
const LIMITS = { memory: { limit: 64 * 2 ** 20 }, pids: { limit: 100 }, cpu: { quota: 100_000, period: 100_000 } };

/** The same, confined as this container of ours: capabilities, filter, hidden paths, devices, limits. */
export async function confinedBundle(
  bundle: string,
  rootfs: string,
  args: readonly string[],
  spec: ContainerSpec,
  cgroupParent: string,
): Promise<string> {
  await makeBundle(bundle, rootfs, args, (config) => {
    const { bounding, effective, permitted } = spec.process.capabilities;
    config.process.capabilities = {
      bounding: namesIn(bounding),
      effective: namesIn(effective),
      permitted: namesIn(permitted),
      inheritable: [],
      ambient: [],
    };
    config.process.noNewPrivileges = spec.process.noNewPrivileges;
    config.linux = {
      ...config.linux,
      maskedPaths: spec.maskedPaths,
      readonlyPaths: spec.readonlyPaths,
      seccomp: ociFilter(namesIn(bounding)),
      cgroupsPath: `${cgroupParent}/${path.basename(bundle)}`,
      sysctl: Object.fromEntries(spec.sysctls.map(({ name, value }) => [name, value])),
      resources: { ...LIMITS, devices: deviceRules() },
    };
  });
  return bundle;
}

/** What `runc spec` writes, as far as it is changed here. */
type OciConfig = {
  process: {
    terminal: boolean;
    args: readonly string[];
    rlimits: readonly unknown[];
    capabilities: unknown;
    noNewPrivileges: boolean;
  };
  root: unknown;
  linux: object;
};

async function makeBundle(
  bundle: string,
  rootfs: string,
  args: readonly string[],
  change: (config: OciConfig) => void,
): Promise<void> {
  mkdirSync(bundle, { recursive: true });
  await run('runc', 'spec', '--bundle', bundle);
  const file = `${bundle}/config.json`;
  const config: OciConfig = JSON.parse(readFileSync(file, 'utf8'));
  config.process.terminal = false;
  config.process.args = args;
  // Root here may lack the right to raise a hard limit.
  config.process.rlimits = [];
  config.root = { path: rootfs, readonly: true };
  change(config);
  writeFileSync(file, JSON.stringify(config));
}

function namesIn(mask: number): readonly string[] {
  return CAPABILITIES.filter((_, bit) => ((BigInt(mask) >> BigInt(bit)) & 1n) === 1n);
}

/**
 * Our profile as libseccomp takes it: there a call allowed without a condition is allowed, whatever refuses it under
 * one, so that ioctl and socket lose theirs. It is the lighter work.
 */
function ociFilter(bounding: readonly string[]): unknown {
  const { rules } = defaultSeccompProfile(bounding);
  const refusedUnder = (rule: SeccompRule) => rule.verdict !== SECCOMP.allow && rule.args.length > 0;
  return {
    defaultAction: 'SCMP_ACT_ERRNO',
    architectures: ['SCMP_ARCH_X86_64'],
    syscalls: rules
      .filter((rule) => !refusedUnder(rule))
      .map(({ names, args, verdict }) => ({
        names,
        ...(verdict === SECCOMP.allow
          ? { action: 'SCMP_ACT_ALLOW' }
          : { action: 'SCMP_ACT_ERRNO', errnoRet: verdict & 0xffff }),
        args: args.map(({ index, operator, value, masked }) => ({
          index,
          op: `SCMP_CMP_${operator}`,
          value: Number(value),
          valueTwo: Number(masked),
        })),
      })),
  };
}

function deviceRules(): unknown {
  const rules = DEFAULT_DEVICE_RULES.map((rule) => {
    const access = deviceRuleText(rule).split(' ').at(-1);
    const numbers = {
      ...(rule.major === null ? {} : { major: rule.major }),
      ...(rule.minor === null ? {} : { minor: rule.minor }),
    };
    return { allow: true, type: rule.type, access, ...numbers };
  });
  return [{ allow: false, access: 'rwm' }, ...rules];
}
