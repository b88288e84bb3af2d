import fc from 'fast-check';
import { expect, test } from 'vitest';
import { encodePlan } from '../../../src/runtime/plan/encode.ts';
import { planContainer } from '../../../src/runtime/plan/plan-container.ts';
import { planExec } from '../../../src/runtime/plan/plan-exec.ts';
import type { Op, Step } from '../../../src/runtime/plan/step.ts';
import type { ContainerSpec, MountSpec, NamespaceSource } from '../../../src/runtime/spec.ts';
import { containerSpec, execSpec, type SpecChanges } from '../../support/container-spec.ts';
import { decodePlan } from '../../support/plan-decoder.ts';

const ground = { rootfs: '/image', state: '/state' };
const plan = (changes: SpecChanges = {}) => planContainer(containerSpec(ground, changes));
const kinds = (steps: readonly Step[]) => steps.map(({ op }) => op.kind);

function opOf<Kind extends Op['kind']>(steps: readonly Step[], kind: Kind): Extract<Op, { kind: Kind }> | undefined {
  const op = steps.map((step) => step.op).find((candidate) => candidate.kind === kind);
  return op as Extract<Op, { kind: Kind }> | undefined;
}

/** Fails unless all are there and in this order. */
function expectOrder(steps: readonly Step[], ...expected: readonly Op['kind'][]): void {
  const places = expected.map((kind) => kinds(steps).indexOf(kind));
  expect(places, kinds(steps).join(' ')).not.toContain(-1);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
}

const joined = { pid: 4242, startTicks: 99 };
const bind: MountSpec = {
  kind: 'bind',
  source: '/srv',
  target: '/data',
  recursive: true,
  flags: ['ro'],
  propagation: 'private',
};

test('is sealed and locked before anything else, and opens the host’s paths before the clone', () => {
  const steps = plan({ mounts: [...containerSpec(ground).mounts, bind] });
  expectOrder(steps, 'sealed', 'lock', 'init-layer', 'overlay', 'open-tree', 'stdio', 'clone', 'go');
});

test('joins its groups before their namespace is made, and both before it waits for the host', () => {
  const directory = '/sys/fs/cgroup/pids/nsview/x';
  const steps = plan({
    cgroup: {
      directories: [directory],
      writes: [{ file: `${directory}/pids.max`, value: '9', optional: false }],
      devices: null,
      joins: [{ version: 1, directory }],
      finals: [`${directory}/pids.events`],
      removes: [directory],
      parents: ['/sys/fs/cgroup/pids/nsview'],
    },
  });
  expectOrder(steps, 'cgroup-make', 'cgroup-write', 'clone', 'lifeline', 'cgroup-join', 'unshare', 'await', 'session');
  expectOrder(steps, 'exec', 'exit-record', 'cgroup-remove', 'cgroup-remove-empty');
});

test('is born in a group of version 2', () => {
  const directory = '/sys/fs/cgroup/nsview/x';
  const steps = plan({
    cgroup: {
      directories: [],
      writes: [],
      devices: null,
      joins: [{ version: 2, directory }],
      finals: [],
      removes: [],
      parents: [],
    },
  });
  expect(opOf(steps, 'clone')?.cgroupSlot).toBe(opOf(steps, 'open-directory')?.slot);
  expect(kinds(steps)).not.toContain('cgroup-join');
});

test('covers and closes what it must once everything is mounted, and restricts itself last', () => {
  const steps = plan({
    readonlyRootfs: true,
    sysctls: [{ name: 'net.ipv4.ip_forward', value: '1' }],
    terminal: { tty: true, stdin: true },
    process: { seccomp: new Uint8Array(16), rlimits: [{ name: 'core', soft: 0, hard: 0, optional: false }] },
  });
  expectOrder(steps, 'slave-mounts', 'attach-root', 'mount', 'mount-dev', 'device', 'attach-dev', 'pivot', 'sysctl');
  expectOrder(steps, 'sysctl', 'read-only', 'mask', 'cwd', 'read-only-root', 'terminal', 'std-null', 'rlimit');
  expectOrder(
    steps,
    'rlimit',
    'bounding',
    'identity',
    'capabilities',
    'close-descriptors',
    'no-new-privileges',
    'seccomp',
    'exec',
  );
  expect(opOf(steps, 'sysctl')?.name).toBe('net/ipv4/ip_forward');
});

test('lets lxcfs answer for files of /proc, opened on the host, once its own /proc is mounted', () => {
  const cover: MountSpec = { kind: 'cover', source: '/var/lib/lxcfs/proc/meminfo', target: '/proc/meminfo' };
  const steps = plan({ mounts: [...containerSpec(ground).mounts, cover] });
  expectOrder(steps, 'open-tree', 'clone', 'mount', 'cover', 'pivot', 'mask');
  const opened = opOf(steps, 'open-tree');
  expect(opened).toMatchObject({ path: '/var/lib/lxcfs/proc/meminfo', recursive: false });
  expect(opOf(steps, 'cover')).toEqual({ kind: 'cover', slot: opened?.slot, path: '/proc/meminfo' });
});

test('sets the filter while it still may, where new privileges are allowed', () => {
  const steps = plan({ process: { noNewPrivileges: false, seccomp: new Uint8Array(16) } });
  expectOrder(steps, 'close-descriptors', 'seccomp', 'bounding', 'identity', 'capabilities', 'exec');
  expect(kinds(steps)).not.toContain('no-new-privileges');
});

test('shares namespaces through one descriptor for each process, the pid namespace before the clone', () => {
  const namespaces = { ...containerSpec(ground).namespaces, pid: joined, net: joined, ipc: 'host' as const };
  const steps = plan({ namespaces, hostname: 'other' });
  expect(steps.filter(({ op }) => op.kind === 'open-process')).toHaveLength(1);
  expectOrder(steps, 'open-process', 'enter', 'clone');
  const entered = steps.flatMap(({ op, phase }) => (op.kind === 'enter' ? [[phase, op.namespaces]] : []));
  expect(entered).toEqual([
    ['host', ['pid']],
    ['child', ['net']],
  ]);
  expect(opOf(steps, 'clone')?.namespaces).toEqual(['mnt', 'uts']);
  expect(kinds(steps)).not.toContain('loopback');
});

test('leaves the host’s name alone in the host’s namespace', () => {
  const namespaces = { ...containerSpec(ground).namespaces, uts: 'host' as const };
  expect(kinds(plan({ namespaces }))).not.toContain('hostname');
});

test('shows the layers through the maps of a user namespace, and becomes its root', () => {
  const map = [{ inside: 0, outside: 100_000, count: 65_536 }];
  const steps = plan({
    namespaces: { ...containerSpec(ground).namespaces, user: 'new' },
    userMaps: { uid: map, gid: map, setgroups: true, idmapLayers: true },
  });
  expectOrder(steps, 'map-holder', 'overlay', 'clone', 'id-maps', 'go', 'await', 'become-root', 'attach-root');
  expect(opOf(steps, 'id-maps')?.uidMap).toBe('0 100000 65536\n');
  expect(opOf(steps, 'overlay')?.mapSlot).toBe(opOf(steps, 'map-holder')?.slot);
});

test('mounts within the user namespace what an ordinary user may not mount on the host', () => {
  const map = [{ inside: 0, outside: 1000, count: 1 }];
  const steps = plan({
    namespaces: { ...containerSpec(ground).namespaces, user: 'new' },
    userMaps: { uid: map, gid: map, setgroups: false, idmapLayers: false },
  });
  expectOrder(
    steps,
    'clone',
    'id-maps',
    'become-root',
    'slave-mounts',
    'init-layer',
    'overlay',
    'attach-root',
    'pivot',
  );
  expect(opOf(steps, 'overlay')?.options).toContainEqual({ name: 'userxattr', value: null });
  expect(opOf(steps, 'identity')?.setgroups).toBe(false);
});

test('gives no access to devices on a volume', () => {
  expect(opOf(plan({ mounts: [bind] }), 'bind')?.flags).toEqual(['ro', 'nodev']);
});

test('enters a running container in its stored groups, as one of its processes', () => {
  const steps = planExec(
    execSpec(joined, { argv: ['sh'] }, { joins: [{ version: 1, directory: '/sys/fs/cgroup/pids/x' }] }),
  );
  expectOrder(
    steps,
    'sealed',
    'open-process',
    'stdio',
    'enter',
    'clone',
    'go',
    'lifeline',
    'cgroup-join',
    'await',
    'session',
  );
  expectOrder(steps, 'session', 'cwd', 'std-null', 'bounding', 'identity', 'capabilities', 'no-new-privileges', 'exec');
});

const source: fc.Arbitrary<NamespaceSource> = fc.constantFrom<NamespaceSource[]>('new', 'host', joined);

test('any mix of choices is a plan that decodes, with ids in order and the command last of the child', () => {
  const choices = fc.record({
    pid: source,
    net: source,
    uts: source,
    ipc: source,
    cgroup: source,
    user: fc.constantFrom<ContainerSpec['namespaces']['user']>('new', 'host'),
  });
  fc.assert(
    fc.property(choices, fc.boolean(), fc.boolean(), fc.boolean(), (namespaces, tty, init, noNewPrivileges) => {
      const steps = plan({ namespaces, init, terminal: { tty, stdin: true }, process: { noNewPrivileges } });
      expect(steps.map(({ id }) => id)).toEqual(steps.map((_, index) => index));
      expect(steps.findLast(({ phase }) => phase === 'child')?.op.kind).toBe('exec');
      const decoded = decodePlan(encodePlan(steps, { report: true, pause: false, detached: false }));
      expect(decoded.steps).toHaveLength(steps.length);
      expect(
        planContainer(
          containerSpec(ground, { namespaces, init, terminal: { tty, stdin: true }, process: { noNewPrivileges } }),
        ),
      ).toEqual(steps);
    }),
  );
});
