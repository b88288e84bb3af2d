import { describe, expect, it } from 'vitest';
import { CAPABILITIES } from '../../../src/model/capabilities.ts';
import { deviceRuleText } from '../../../src/runtime/security/device-rules.ts';
import { findHostDevices } from '../../../src/runtime/security/host-devices.ts';
import { type HostFacts, readHostFacts, throttleCounters } from '../../../src/runtime/security/host-facts.ts';
import {
  type DeviceSource,
  type SecurityDefaults,
  type SecurityOptions,
  securityDefaults,
} from '../../../src/runtime/security/security-defaults.ts';
import type { DeviceNode } from '../../../src/runtime/spec.ts';

const plain: SecurityOptions = {
  privileged: false,
  noNewPrivileges: true,
  capAdd: [],
  capDrop: [],
  seccomp: { kind: 'default' },
  devices: [],
  ulimits: [],
  sysctls: [],
  uid: 0,
  devicesRuled: true,
  own: { net: true, ipc: true, user: false },
};

const host: HostFacts = {
  arch: 'x64',
  kernel: [6, 18],
  known: CAPABILITIES,
  held: CAPABILITIES.filter((name) => name !== 'CAP_SYS_RESOURCE'),
  mostFiles: 1_048_576,
  throttleCounters: ['/sys/devices/system/cpu/cpu0/thermal_throttle'],
};

const device = (path: string, type: 'b' | 'c', major: number, minor: number): DeviceNode => {
  return { path, type, major, minor, mode: 0o660, uid: 0, gid: 6 };
};
const disk = device('/dev/sda', 'b', 8, 0);
const sounds = [device('/dev/snd/seq', 'c', 116, 1), device('/dev/snd/timer', 'c', 116, 33)];
const source: DeviceSource = {
  find: (path) => [disk, ...sounds].filter((found) => found.path === path || found.path.startsWith(`${path}/`)),
  all: () => [disk, ...sounds, device('/dev/null', 'c', 1, 3)],
};

const defaults = (options: Partial<SecurityOptions> = {}, facts: HostFacts = host): SecurityDefaults =>
  securityDefaults({ ...plain, ...options }, facts, source);

describe('the confinement of a container', () => {
  it('is as documented when nothing is asked', () => {
    const { seccomp, ...rest } = defaults();
    expect(seccomp?.length).toBeGreaterThan(0);
    expect({
      ...rest,
      devices: rest.devices.map(
        ({ path, type, major, minor, mode }) => `${path} ${type} ${major}:${minor} ${mode.toString(8)}`,
      ),
      deviceRules: rest.deviceRules?.map(deviceRuleText),
    }).toEqual({
      capabilities: { bounding: 0xa80425fb, effective: 0xa80425fb, permitted: 0xa80425fb },
      noNewPrivileges: true,
      maskedPaths: [
        '/proc/acpi',
        '/proc/asound',
        '/proc/interrupts',
        '/proc/kcore',
        '/proc/keys',
        '/proc/latency_stats',
        '/proc/sched_debug',
        '/proc/scsi',
        '/proc/timer_list',
        '/proc/timer_stats',
        '/sys/devices/virtual/powercap',
        '/sys/firmware',
        '/sys/devices/system/cpu/cpu0/thermal_throttle',
      ],
      readonlyPaths: ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'],
      devices: [
        'null c 1:3 666',
        'zero c 1:5 666',
        'full c 1:7 666',
        'random c 1:8 666',
        'urandom c 1:9 666',
        'tty c 5:0 666',
      ],
      deviceRules: expect.arrayContaining(['c *:* m', 'b *:* m', 'c 136:* rwm']),
      rlimits: [{ name: 'nofile', soft: 1024, hard: 524288, optional: true }],
      sysctls: [
        { name: 'net.ipv4.ip_unprivileged_port_start', value: '0' },
        { name: 'net.ipv4.ping_group_range', value: '0 2147483647' },
      ],
    });
  });

  it('is loose when privileged, as far as we are free ourselves', () => {
    const loose = defaults({ privileged: true });
    expect(loose).toMatchObject({ seccomp: null, maskedPaths: [], readonlyPaths: [], deviceRules: null });
    expect(loose.capabilities.effective).toBe(2 ** 41 - 1 - 2 ** 24);
    expect(loose.devices.map(({ path }) => path)).toEqual(expect.arrayContaining(['sda', 'snd/seq', 'null', 'tty']));
    expect(loose.devices.filter(({ path }) => path === 'null')).toHaveLength(1);
    expect(loose.noNewPrivileges).toBe(true);
  });

  it('keeps a filter that was named also when privileged', () => {
    const text = '{"defaultAction":"SCMP_ACT_ERRNO","syscalls":[]}';
    expect(defaults({ privileged: true, seccomp: { kind: 'profile', file: 'p', text } }).seccomp).not.toBeNull();
    expect(defaults({ seccomp: { kind: 'unconfined' } }).seccomp).toBeNull();
    expect(defaults({ seccomp: { kind: 'profile', file: 'p', text: '{}' } }).seccomp).toBeNull();
  });

  it('gives all capabilities of the kernel within a user namespace, but no devices of its own making', () => {
    const inside = defaults({ capAdd: ['ALL'], own: { net: true, ipc: true, user: true }, devices: ['/dev/sda:r'] });
    expect(inside.capabilities.bounding).toBe(2 ** 41 - 1);
    expect(inside.devices.every(({ path, bindFrom }) => bindFrom === `/dev/${path}`)).toBe(true);
    expect(inside.sysctls.map(({ name }) => name)).toEqual(['net.ipv4.ip_unprivileged_port_start']);
  });

  it('gives other users no capabilities', () => {
    expect(defaults({ uid: 1000 }).capabilities).toEqual({ bounding: 0xa80425fb, effective: 0, permitted: 0 });
  });

  it('makes no device nodes where no control group tells which it may open', () => {
    const mknod = 2 ** 27;
    expect(defaults({ devicesRuled: false }).capabilities.bounding).toBe(0xa80425fb - mknod);
    expect(() => defaults({ devicesRuled: false, capAdd: ['MKNOD'] })).toThrow(
      /--cap-add CAP_MKNOD: it cannot be given/,
    );
    const inside = { net: true, ipc: true, user: true };
    expect(defaults({ devicesRuled: false, own: inside }).capabilities.bounding).toBe(0xa80425fb);
    expect(defaults({ devicesRuled: false, privileged: true }).capabilities.bounding).toBe(2 ** 41 - 1 - 2 ** 24);
  });

  it('has a filter only for a machine whose calls are known', () => {
    expect(() => defaults({}, { ...host, arch: null })).toThrow(/--security-opt seccomp: .*only unconfined/);
    expect(defaults({ seccomp: { kind: 'unconfined' } }, { ...host, arch: null }).seccomp).toBeNull();
  });
});

describe('--device', () => {
  it.each<[string, readonly string[], readonly string[]]>([
    ['/dev/sda', ['sda'], ['b 8:0 rwm']],
    ['/dev/sda:r', ['sda'], ['b 8:0 r']],
    ['/dev/sda:/dev/xvdc', ['xvdc'], ['b 8:0 rwm']],
    ['/dev/sda:/dev/xvdc:mr', ['xvdc'], ['b 8:0 rm']],
    ['/dev/snd', ['snd/seq', 'snd/timer'], ['c 116:1 rwm', 'c 116:33 rwm']],
    ['/dev/snd:/dev/sound', ['sound/seq', 'sound/timer'], ['c 116:1 rwm', 'c 116:33 rwm']],
  ])('%s', (flag, paths, rules) => {
    const given = defaults({ devices: [flag] });
    expect(given.devices.slice(6).map(({ path }) => path)).toEqual(paths);
    expect(given.deviceRules?.slice(11).map(deviceRuleText)).toEqual(rules);
  });

  it.each([
    ['/dev/sdb', /no device and has none below/],
    ['', /it is HOST/],
    ['sda', /it is HOST/],
    ['/dev/sda:/dev/xvdc:rx', /it is HOST/],
    ['/dev/sda:/dev/xvdc:rr', /it is HOST/],
    ['/dev/sda:/dev/xvdc:', /it is HOST/],
    ['/dev/sda:/dev/xvdc:r:w', /it is HOST/],
    ['/dev/sda:/dev/../etc/x', /it is HOST/],
    ['/dev/sda:/etc/passwd', /not below \/dev/],
    ['/dev/sda:/dev', /not below \/dev/],
  ])('refuses %j', (flag, why) => {
    expect(() => defaults({ devices: [flag] })).toThrow(why);
    expect(() => defaults({ devices: [flag] })).toThrow(`--device ${flag}: `);
  });
});

describe('--ulimit', () => {
  it.each([
    ['nofile=100', { name: 'nofile', soft: 100, hard: 100, optional: false }],
    ['nproc=1:2', { name: 'nproc', soft: 1, hard: 2, optional: false }],
    ['core=0:-1', { name: 'core', soft: 0, hard: 'max', optional: false }],
    ['memlock=-1', { name: 'memlock', soft: 'max', hard: 'max', optional: false }],
  ])('%s', (flag, limit) => {
    expect(defaults({ ulimits: [flag] }).rlimits).toContainEqual(limit);
  });

  it('is by default no more than can be', () => {
    const files = (mostFiles: HostFacts['mostFiles']) => defaults({}, { ...host, mostFiles }).rlimits;
    expect(files(20_000)).toEqual([{ name: 'nofile', soft: 1024, hard: 20_000, optional: true }]);
    expect(files(32)).toEqual([{ name: 'nofile', soft: 32, hard: 32, optional: true }]);
    expect(files('max')).toEqual([{ name: 'nofile', soft: 1024, hard: 524_288, optional: true }]);
  });

  it('comes once of each name, the last', () => {
    expect(defaults({ ulimits: ['nofile=1', 'nofile=2'] }).rlimits).toEqual([
      { name: 'nofile', soft: 2, hard: 2, optional: false },
    ]);
  });

  it.each([
    ['files=1', /no limit; there are core, cpu, .*, stack$/],
    ['nofile', /it is NAME=SOFT/],
    ['nofile=', /it is NAME=SOFT/],
    ['nofile=1x', /it is NAME=SOFT/],
    ['nofile=-2', /it is NAME=SOFT/],
    ['nofile=1.5', /it is NAME=SOFT/],
    ['nofile=2:1', /the soft limit is above the hard one, 1/],
    ['nofile=-1:1', /the soft limit is above the hard one, 1/],
    ['nofile=1:2:3', /it is NAME=SOFT/],
  ])('refuses %j', (flag, why) => {
    expect(() => defaults({ ulimits: [flag] })).toThrow(why);
  });
});

describe('--sysctl', () => {
  const with_ = (name: string, own: Partial<SecurityOptions['own']> = {}): SecurityDefaults =>
    defaults({ sysctls: [{ name, value: '1' }], own: { ...plain.own, ...own } });

  it.each([
    'net.ipv4.ip_forward',
    'net.ipv4.conf.all.rp_filter',
    'net.core.somaxconn',
    'kernel.shmmax',
    'kernel.shm_rmid_forced',
    'fs.mqueue.msg_max',
  ])('takes %s', (name) => {
    expect(with_(name).sysctls).toContainEqual({ name, value: '1' });
  });

  it('comes before the default', () => {
    expect(with_('net.ipv4.ip_unprivileged_port_start').sysctls).toEqual([
      { name: 'net.ipv4.ping_group_range', value: '0 2147483647' },
      { name: 'net.ipv4.ip_unprivileged_port_start', value: '1' },
    ]);
  });

  it.each([
    'kernel.core_pattern',
    'kernel.hostname',
    'kernel.panic',
    'vm.swappiness',
    'fs.file-max',
    'net',
    'net.',
    'net..ipv4',
    'net/../kernel/core_pattern',
    'net.ipv4/../../kernel/core_pattern',
    'netx.a',
    'kernel.shmmaxx',
    '/net.ipv4',
    '',
  ])('refuses %j', (name) => {
    expect(() => with_(name)).toThrow(/it is not a container's own; there are net\.\*, fs\.mqueue\.\*, kernel\.msgmax/);
  });

  it('refuses what others share', () => {
    expect(() => with_('net.core.somaxconn', { net: false })).toThrow(/the network is shared/);
    expect(() => with_('kernel.sem', { ipc: false })).toThrow(/the IPC namespace is shared/);
    expect(defaults({ own: { net: false, ipc: false, user: false } }).sysctls).toEqual([]);
  });

  it('refuses a value of two lines', () => {
    expect(() => defaults({ sysctls: [{ name: 'net.a', value: '1\n2' }] })).toThrow(/one line/);
  });
});

describe('this host', () => {
  it('is known', () => {
    const facts = readHostFacts();
    expect(facts.known).toContain('CAP_CHOWN');
    expect(facts.known).toEqual(expect.arrayContaining([...facts.held]));
    expect(facts.kernel[0]).toBeGreaterThan(3);
  });

  it('has no counters of heat where sysfs is not mounted', () => {
    expect(throttleCounters('/proc/no-such/cpu')).toEqual([]);
  });

  it('has /dev/null and no device behind a file or nothing', () => {
    expect(findHostDevices('/dev/null')).toMatchObject([{ type: 'c', major: 1, minor: 3, mode: 0o666 }]);
    expect(findHostDevices('/etc/passwd')).toEqual([]);
    expect(findHostDevices('/dev/no-such')).toEqual([]);
  });
});
