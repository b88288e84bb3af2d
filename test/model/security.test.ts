import { describe, expect, it } from 'vitest';
import { type Mount, securitySchema } from '../../src/model/document/isolation.ts';
import type { ProcessStatus } from '../../src/model/process.ts';
import { ok } from '../../src/model/reading.ts';
import type { SecuritySample } from '../../src/model/sample.ts';
import { buildSecurity, type SecurityFacts } from '../../src/model/security.ts';

/** A container as Docker starts it. */
const status: ProcessStatus = {
  uid: 0,
  gid: 0,
  nsPids: [42, 1],
  capEffective: '00000000a80425fb',
  capBounding: '00000000a80425fb',
  noNewPrivileges: true,
  seccomp: 2,
};
const hostMap = ok([{ inside: 0, outside: 0, count: 4294967295 }]);
const ownMap = ok([{ inside: 0, outside: 100000, count: 65536 }]);
const sample: SecuritySample = {
  uidMap: hostMap,
  gidMap: hostMap,
  lsm: ok('docker-default (enforce)'),
  devices: ok('c 1:3 rwm\nc 1:5 rwm\n'),
};
const mask: Mount = mount({ kind: 'masked', target: '/proc/kcore', source: '/dev/null' });
const readOnlySys: Mount = mount({ kind: 'kernel', target: '/proc/sys', source: 'proc[/sys]', options: ['ro'] });
const usual: SecurityFacts = {
  status: ok(status),
  sample,
  privileged: null,
  hostNamespaces: ['user', 'time', 'cgroup'],
  mounts: [mask, readOnlySys],
  memoryLimit: 1e9,
  pidsLimit: 100,
};

function mount(changes: Partial<Mount>): Mount {
  return {
    target: '/x',
    source: '/x',
    fsType: 'ext4',
    options: ['rw'],
    propagation: 'private',
    kind: 'bind',
    ...changes,
  };
}

const securityOf = (changes: Partial<SecurityFacts> = {}) => buildSecurity({ ...usual, ...changes }).security;
const risksOf = (changes: Partial<SecurityFacts> = {}) => securityOf(changes).risks.map(({ id }) => id);
const withCapabilities = (set: string) => ok({ ...status, capEffective: set, capBounding: set });
const full = '000001ffffffffff';

describe('security', () => {
  it('of a usual container', () => {
    const { security, problems } = buildSecurity(usual);
    expect(problems).toEqual([]);
    expect(securitySchema.parse(security)).toEqual(security);
    expect(security).toMatchObject({
      privileged: false,
      seccomp: 'filter',
      noNewPrivileges: true,
      lsm: 'docker-default (enforce)',
      rootless: false,
      uidMap: [{ inside: 0, outside: 0, count: 4294967295 }],
    });
    expect(security.capabilities?.effective).toContain('CAP_NET_BIND_SERVICE');
    expect(security.risks.map(({ id, severity }) => [id, severity])).toEqual([['no-user-namespace', 'low']]);
  });

  it.each([
    [0, 'disabled'],
    [1, 'strict'],
    [2, 'filter'],
    [null, null],
  ])('seccomp %s is %s', (seccomp, name) => {
    expect(securityOf({ status: ok({ ...status, seccomp }) }).seccomp).toBe(name);
  });

  it.each([
    ['everything open', full, 0, 'a *:* rwm\n', hostMap, true],
    ['a filter', full, 2, 'a *:* rwm\n', hostMap, false],
    ['few devices', full, 0, 'c 1:3 rwm\n', hostMap, false],
    ['a capability missing', '000001fffeffffff', 0, 'a *:* rwm\n', hostMap, false],
    ['a user namespace', full, 0, 'a *:* rwm\n', ownMap, false],
  ])('privileged with %s', (_, set, seccomp, devices, uidMap, privileged) => {
    const state = ok({ ...status, capEffective: set, capBounding: set, seccomp });
    const judged = { status: state, sample: { ...sample, uidMap, devices: ok(devices) } };
    expect(securityOf(judged).privileged).toBe(privileged);
  });

  it('believes the engine about privileged', () => {
    expect(securityOf({ privileged: true }).privileged).toBe(true);
    const open = { status: ok({ ...status, capEffective: full, capBounding: full, seccomp: 0 }), privileged: false };
    expect(securityOf(open).privileged).toBe(false);
  });

  it('is rootless where its root is somebody else outside', () => {
    expect(securityOf({ sample: { ...sample, uidMap: ownMap } }).rootless).toBe(true);
    expect(securityOf({ sample: { ...sample, uidMap: ok([]) } }).rootless).toBeNull();
  });

  it('without rights everything is unknown and nothing is claimed', () => {
    const denied = { status: 'denied', path: '/proc/42/x', code: 'EPERM' } as const;
    const { security, problems } = buildSecurity({
      ...usual,
      status: denied,
      sample: { uidMap: denied, gidMap: denied, lsm: denied, devices: denied },
      hostNamespaces: [],
      mounts: null,
      memoryLimit: null,
      pidsLimit: null,
    });
    expect(security).toEqual({
      privileged: null,
      capabilities: null,
      seccomp: null,
      noNewPrivileges: null,
      lsm: null,
      uidMap: [],
      gidMap: [],
      rootless: null,
      risks: [],
    });
    expect(problems.length).toBe(5);
  });

  it('takes a kernel without security modules or device groups as it is', () => {
    const unsupported = { status: 'unsupported', path: 'x', code: 'EINVAL' } as const;
    const { security, problems } = buildSecurity({
      ...usual,
      sample: { ...sample, lsm: unsupported, devices: unsupported },
    });
    expect(security).toMatchObject({ lsm: null, privileged: false });
    expect(problems).toEqual([]);
  });
});

describe('risks', () => {
  const bind = (source: string, options: string[] = ['rw']) => ({
    mounts: [mask, mount({ source, target: '/t', options })],
  });

  it.each<[string, Partial<SecurityFacts>]>([
    ['privileged', { privileged: true }],
    ['engine-socket', bind('/run/docker.sock')],
    ['engine-socket', bind('/run/user/1000/podman/podman.sock', ['ro'])],
    ['engine-socket', bind('/run/containerd/containerd.sock')],
    ['engine-socket', bind('/run/crio/crio.sock')],
    ['engine-socket', bind('/var/snap/lxd/common/lxd/unix.socket')],
    ['host-directory', bind('/')],
    ['host-directory', bind('/etc')],
    ['host-directory', bind('/var/run')],
    ['host-directory', bind('/proc')],
    ['host-directory-readable', bind('/etc', ['ro'])],
    ['capability-sys-admin', { status: withCapabilities('0000000000200000') }],
    ['capability-sys-module', { status: withCapabilities('0000000000010000') }],
    ['capability-dac-read-search', { status: withCapabilities('0000000000000004') }],
    ['capability-sys-ptrace', { status: withCapabilities('0000000000080000') }],
    ['ptrace-host-pid', { status: withCapabilities('0000000000080000'), hostNamespaces: ['pid'] }],
    ['capability-net-admin', { status: withCapabilities('0000000000001000') }],
    ['net-admin-host-net', { status: withCapabilities('0000000000001000'), hostNamespaces: ['net'] }],
    ['all-devices', { sample: { ...sample, devices: ok('a *:* rwm\n') } }],
    ['host-pid', { hostNamespaces: ['pid'] }],
    ['host-net', { hostNamespaces: ['net'] }],
    ['host-ipc', { hostNamespaces: ['ipc'] }],
    ['host-mnt', { hostNamespaces: ['mnt'] }],
    ['no-seccomp', { status: ok({ ...status, seccomp: 0 }) }],
    ['writable-kernel-parameters', { mounts: [mount({ kind: 'kernel', target: '/proc', source: 'proc' })] }],
    ['unmasked-paths', { mounts: [] }],
    ['no-user-namespace', {}],
    ['new-privileges', { status: ok({ ...status, noNewPrivileges: false }) }],
    ['no-memory-limit', { memoryLimit: 'max' }],
    ['no-pids-limit', { pidsLimit: 'max' }],
  ])('%s', (id, changes) => {
    expect(risksOf(changes)).toContain(id);
    if (id !== 'no-user-namespace') expect(risksOf()).not.toContain(id);
  });

  it.each<[string, Partial<SecurityFacts>]>([
    ['a directory of one’s own', bind('/srv/data')],
    ['a file of /etc', bind('/etc/localtime')],
    ['a socket that only looks like one', bind('/run/mydocker.sock.bak')],
    [
      'another file system at /data',
      { mounts: [mask, mount({ kind: 'volume', source: '/var/lib', target: '/data' })] },
    ],
  ])('none for %s', (_, changes) => {
    expect(risksOf(changes)).toEqual(['no-user-namespace']);
  });

  it('capabilities of a user namespace reach nothing outside it', () => {
    const own = { status: withCapabilities(full), sample: { ...sample, uidMap: ownMap } };
    expect(risksOf(own)).toEqual([]);
  });

  it('say what was found, worst first, each in a sentence', () => {
    const { risks } = securityOf({
      status: ok({ ...status, capBounding: '0000000000200000', seccomp: 0 }),
      ...bind('/run/docker.sock'),
      memoryLimit: 'max',
    });
    expect(risks.map(({ severity }) => severity)).toEqual(['high', 'high', 'medium', 'low', 'low']);
    expect(risks[0]?.what).toBe('/run/docker.sock at /t');
    expect(risks[1]?.what).toBe('CAP_SYS_ADMIN is in its bounding set');
    for (const { why } of risks) expect(why).toMatch(/^[A-Z].*\.$/);
  });
});
