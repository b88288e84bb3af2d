import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { CgroupSpec } from '../../../src/runtime/cgroup-spec.ts';
import { defaultMounts } from '../../../src/runtime/lifecycle/default-mounts.ts';
import { deviceProgram } from '../../../src/runtime/security/device-program.ts';
import { type DeviceRule, deviceRuleText } from '../../../src/runtime/security/device-rules.ts';
import { allHostDevices, findHostDevices } from '../../../src/runtime/security/host-devices.ts';
import { readHostFacts } from '../../../src/runtime/security/host-facts.ts';
import { type SecurityOptions, securityDefaults } from '../../../src/runtime/security/security-defaults.ts';
import type { ContainerSpec, RootfsSpec } from '../../../src/runtime/spec.ts';
import { cleanEnvironment, run } from '../command.ts';
import { containerSpec, type Ground, type SpecChanges } from '../container-spec.ts';
import { makeBusyboxRoot } from '../engines/busybox.ts';

const here = import.meta.dirname;
const devicesRoot = '/sys/fs/cgroup/devices';

export type Outcome = { readonly code: number | undefined; readonly stdout: string; readonly stderr: string };

type HostileRoot = { readonly path: string; readonly changes: Pick<ContainerSpec, 'rootfs'> };

export type Attacked = {
  /** The root that every container here stands on: busybox, and our probes in /bin. */
  readonly rootfs: string;
  /** Another, spoilt, with an upper directory of its own; without an init layer nothing of ours lies over it. */
  readonly hostileRoot: (spoil: (root: string) => void, initLayer?: boolean) => Promise<HostileRoot>;
  /** A container confined as `nsview run` does by default, but for what is changed. */
  readonly spec: (options?: Partial<SecurityOptions>, changes?: SpecChanges) => ContainerSpec;
  /** Runs it to its end with `input` for standard input. `before`: a shell line that then executes the launcher. */
  readonly start: (spec: ContainerSpec, input?: string, before?: string) => Promise<Outcome>;
  /** The command line that starts these, one after the other. */
  readonly commandFor: (...specs: readonly ContainerSpec[]) => readonly [program: string, ...args: readonly string[]];
};

/** A place below `workDir` to start containers that attack their walls. Needs a C compiler. */
export async function makeAttacked(workDir: string): Promise<Attacked> {
  const rootfs = await makeBusyboxRoot(workDir);
  for (const probe of ['attack', 'seccomp-verdict']) {
    await run('cc', '-static', '-O1', '-o', path.join(rootfs, 'bin', probe), path.join(here, `${probe}.c`));
  }
  let made = 0;
  const makeGround = (root: string): Ground => {
    made += 1;
    const state = path.join(workDir, `state-${made}`);
    for (const name of ['upper', 'work', 'init']) mkdirSync(path.join(state, name), { recursive: true });
    return { rootfs: root, state };
  };
  const commandFor: Attacked['commandFor'] = (...specs) => {
    const files = specs.map((spec) => {
      const file = path.join(workDir, `spec-${spec.id.slice(0, 12)}.json`);
      writeFileSync(file, JSON.stringify(spec, asText));
      return file;
    });
    return [process.execPath, fileURLToPath(new URL('./run-spec.ts', import.meta.url)), ...files];
  };
  return {
    rootfs,
    hostileRoot: async (spoil, initLayer = true) => {
      const hostile = path.join(workDir, `hostile-${made}`);
      await run('cp', '-a', rootfs, hostile);
      spoil(hostile);
      const plain = containerSpec(makeGround(hostile)).rootfs;
      return { path: hostile, changes: { rootfs: initLayer ? plain : withoutInitLayer(plain) } };
    },
    spec: (options = {}, changes = {}) => confinedSpec(makeGround(rootfs), options, changes),
    start: async (spec, input = '', before = 'exec') => {
      const { exitCode, stdout, stderr } = await execa('bash', ['-c', `${before} "$0" "$@"`, ...commandFor(spec)], {
        env: cleanEnvironment,
        extendEnv: false,
        input,
        reject: false,
        timeout: 20_000,
      });
      return { code: exitCode, stdout, stderr };
    },
    commandFor,
  };
}

function withoutInitLayer(rootfs: RootfsSpec): RootfsSpec {
  return rootfs.kind === 'overlay' ? { ...rootfs, initLayer: null } : rootfs;
}

/** Bytes as base64; a Buffer has become something else before it comes here. */
function asText(this: { readonly [name: string]: unknown }, name: string, value: unknown): unknown {
  const raw = this[name];
  return raw instanceof Uint8Array ? Buffer.from(raw).toString('base64') : value;
}

function confinedSpec(ground: Ground, options: Partial<SecurityOptions>, changes: SpecChanges): ContainerSpec {
  const id = randomBytes(32).toString('hex');
  const security = securityDefaults(
    {
      privileged: false,
      noNewPrivileges: true,
      capAdd: [],
      capDrop: [],
      seccomp: { kind: 'default' },
      devices: [],
      ulimits: [],
      sysctls: [],
      uid: changes.process?.uid ?? 0,
      devicesRuled: true,
      own: { net: true, ipc: true, user: false },
      ...options,
    },
    readHostFacts(),
    { find: findHostDevices, all: allHostDevices },
  );
  const { capabilities, noNewPrivileges, seccomp, rlimits } = security;
  return containerSpec(ground, {
    id,
    cgroup: deviceGroup(id, security.deviceRules),
    mounts: defaultMounts({
      layout: { kind: 'hybrid', v1: { devices: { mountPoint: devicesRoot, root: '/' } }, v2: null },
      controllers: ['devices'],
      netVisible: true,
      ipc: 'new',
      privileged: options.privileged ?? false,
      ttyGroup: true,
    }),
    devices: security.devices,
    maskedPaths: security.maskedPaths,
    readonlyPaths: security.readonlyPaths,
    sysctls: security.sysctls,
    ...changes,
    process: { capabilities, noNewPrivileges, seccomp, rlimits, ...changes.process },
  });
}

/** A group of version 2, beside version 1 or alone; null where there is none. */
export function unifiedDeviceGroup(rules: readonly DeviceRule[]): CgroupSpec | null {
  const root = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified'].find((at) => existsSync(`${at}/cgroup.controllers`));
  if (root === undefined) return null;
  const directory = `${root}/nsview/${randomBytes(32).toString('hex')}`;
  return {
    directories: [`${root}/nsview`, directory],
    writes: [],
    devices: { directory, program: deviceProgram(rules) },
    joins: [{ version: 2, directory }],
    finals: [],
    removes: [directory],
    parents: [],
  };
}

function deviceGroup(id: string, rules: readonly DeviceRule[] | null): CgroupSpec {
  const parent = `${devicesRoot}/nsview`;
  const directory = `${parent}/${id}`;
  const write = (file: string, value: string) => ({ file: `${directory}/${file}`, value, optional: false });
  return {
    directories: [parent, directory],
    writes:
      rules === null
        ? []
        : [write('devices.deny', 'a'), ...rules.map((rule) => write('devices.allow', deviceRuleText(rule)))],
    devices: null,
    joins: [{ version: 1, directory }],
    finals: [],
    removes: [directory],
    parents: [],
  };
}
