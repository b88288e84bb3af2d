import { chmodSync, copyFileSync, existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_DEVICE_RULES, type DeviceRule } from '../../src/runtime/security/device-rules.ts';
import type { SecurityOptions } from '../../src/runtime/security/security-defaults.ts';
import { type Attacked, makeAttacked, type Outcome, unifiedDeviceGroup } from '../support/attack/confined.ts';
import { cleanEnvironment, isInstalled } from '../support/command.ts';
import type { SpecChanges } from '../support/container-spec.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const EPERM = 1;
const EBADF = 9;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;
/** 128 and SIGSYS. */
const KILLED = 159;

const workDir = makeWorkDir();
afterAll(() => removeWorkDir(workDir));

const skipped = !isInstalled('cc') || process.getuid?.() !== 0 || !existsSync('/sys/fs/cgroup/devices');

describe.skipIf(skipped)('a container that attacks its walls', () => {
  let attacked: Attacked;
  beforeAll(async () => {
    attacked = await makeAttacked(workDir);
  });

  /** Runs a command confined as by default, but for what is changed. */
  function confined(
    argv: readonly string[],
    options: Partial<SecurityOptions> = {},
    changes: SpecChanges = {},
    before?: string,
  ): Promise<Outcome> {
    const spec = attacked.spec(options, { ...changes, process: { ...changes.process, argv } });
    return attacked.start(spec, '', before);
  }

  /** What a naive runtime is: a shell that changes the root and runs the command. */
  const naively = (script: string) =>
    execa('bash', ['-c', script, attacked.rootfs], { env: cleanEnvironment, extendEnv: false, reject: false });

  describe('capabilities', () => {
    it('has those of the default and inherits none', async () => {
      const { stdout } = await confined(['grep', '^Cap', '/proc/self/status']);
      expect(stdout.split('\n').map((line) => line.replace('\t', ''))).toEqual([
        'CapInh:0000000000000000',
        'CapPrm:00000000a80425fb',
        'CapEff:00000000a80425fb',
        'CapBnd:00000000a80425fb',
        'CapAmb:0000000000000000',
      ]);
    });

    it('has none as another user, whom it really is', async () => {
      const { stdout } = await confined(
        ['sh', '-c', 'id -u; id -g; grep ^Cap /proc/self/status'],
        {},
        {
          process: { uid: 1, gid: 1 },
        },
      );
      expect(stdout.split('\n').map((line) => line.replace('\t', ''))).toEqual([
        '1',
        '1',
        'CapInh:0000000000000000',
        'CapPrm:0000000000000000',
        'CapEff:0000000000000000',
        'CapBnd:00000000a80425fb',
        'CapAmb:0000000000000000',
      ]);
    });

    it.each([
      ['unshare', EPERM],
      ['clone3', ENOSYS],
      ['mount', EPERM],
      ['keyring', EPERM],
    ])('cannot %s', async (verb, errno) => {
      expect((await confined(['attack', verb])).code).toBe(errno);
      expect((await confined(['attack', verb], { privileged: true })).code).toBe(0);
    });
  });

  describe('descriptors of the host', () => {
    const leaking = `exec 9</ 10<${workDir} 11</etc/passwd; exec`;

    it('are closed', async () => {
      expect((await confined(['attack', 'descriptors'], {}, {}, leaking)).stdout).toBe('0\n1\n2');
      expect((await naively(`${leaking} chroot "$0" /bin/attack descriptors`)).stdout.split('\n')).toEqual(
        expect.arrayContaining(['9', '10', '11']),
      );
    });

    it('lead to no file', async () => {
      writeFileSync(path.join(workDir, 'secret'), 'of the host');
      expect(await confined(['attack', 'read-at', '10', 'secret'], {}, {}, leaking)).toMatchObject({
        code: EBADF,
        stdout: '',
      });
      expect(await naively(`${leaking} chroot "$0" /bin/attack read-at 10 secret`)).toMatchObject({
        exitCode: 0,
        stdout: 'of the host',
      });
    });

    it('are no working directory', async () => {
      const links = [3, 4, 5, 6, 7, 8, 9, 10, 12, 20].map((fd) => `/proc/self/fd/${fd}`);
      for (const cwd of [...links, '/proc/1/fd/10', '/proc/thread-self/fd/10', '/proc/self/cwd', '/proc/self/root']) {
        const argv = ['attack', 'read-at', '-100', 'secret'];
        const { code, stdout } = await confined(argv, {}, { process: { cwd } }, leaking);
        expect({ cwd, stdout, came: code === 0 }).toEqual({ cwd, stdout: '', came: false });
      }
    }, 120_000);
  });

  describe('the kernel', () => {
    it('makes it no AF_ALG socket', async () => {
      expect((await confined(['attack', 'socket', '38'])).code).toBe(EPERM);
      expect((await confined(['attack', 'socket', '0x100000026'])).code).toBe(EPERM);
      const open = (await confined(['attack', 'socket', '38'], { seccomp: { kind: 'unconfined' } })).code;
      expect([0, EAFNOSUPPORT]).toContain(open);
    });

    it('kills it at the gate of 32-bit programs', async () => {
      expect((await confined(['attack', 'i386'])).code).toBe(KILLED);
      expect((await confined(['attack', 'i386'], { seccomp: { kind: 'unconfined' } })).code).not.toBe(KILLED);
    });

    it('gives no user more rights by a setuid program', async () => {
      const { changes: root } = await attacked.hostileRoot((at) => {
        copyFileSync(path.join(at, 'bin/attack'), path.join(at, 'bin/su'));
        chmodSync(path.join(at, 'bin/su'), 0o4755);
      });
      const changes: SpecChanges = { ...root, process: { uid: 1000, gid: 1000 } };
      expect((await confined(['su', 'uid'], {}, changes)).stdout).toBe('1000');
      expect((await confined(['su', 'uid'], { noNewPrivileges: false }, changes)).stdout).toBe('0');
    });

    it('takes no release agent from it', async () => {
      const line = 'echo 1 > /sys/fs/cgroup/devices/notify_on_release';
      expect(await confined(['sh', '-c', line])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('Read-only'),
      });
      expect((await confined(['sh', '-c', line], { privileged: true })).code).toBe(0);
      expect((await confined(['ls', '/sys/fs/cgroup/devices/release_agent'])).code).toBe(1);
    });
  });

  describe('paths', () => {
    it('hides what is masked', async () => {
      const { maskedPaths } = attacked.spec();
      const look = 'for p in "$@"; do [ -e $p ] && { [ -d $p ] && ls $p || cat $p; }; done';
      const argv = ['sh', '-c', look, 'sh', ...maskedPaths];
      expect(await confined(argv)).toMatchObject({ stdout: '', stderr: '' });
      expect((await confined(argv, {}, { maskedPaths: [] })).stdout).not.toBe('');
    });

    it('writes no setting of the host', async () => {
      const line = 'v=$(cat /proc/sys/vm/swappiness) && echo $v > /proc/sys/vm/swappiness';
      expect(await confined(['sh', '-c', line])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('Read-only'),
      });
      expect((await confined(['sh', '-c', line], {}, { readonlyPaths: [] })).code).toBe(0);
    });
  });

  describe('devices', () => {
    it('opens none that is not its own', async () => {
      for (const device of ['b 254 0', 'b 8 0', 'c 1 1', 'c 1 11', 'c 10 229', 'c 10 232']) {
        expect({ device, ...(await confined(['attack', 'device', ...device.split(' ')])) }).toMatchObject({
          device,
          code: EPERM,
        });
      }
      expect((await confined(['attack', 'device', 'c', '1', '3'])).code).toBe(0);
      expect((await confined(['attack', 'device', 'c', '1', '11'], { privileged: true })).code).toBe(0);
    });

    it.skipIf(unifiedDeviceGroup([]) === null)('opens none by a program of version 2 either', async () => {
      const inGroup = (rules: readonly DeviceRule[], ...device: readonly string[]) => {
        const group = unifiedDeviceGroup(rules);
        return confined(['attack', 'device', ...device], {}, group === null ? {} : { cgroup: group });
      };
      expect((await inGroup(DEFAULT_DEVICE_RULES, 'b', '254', '0')).code).toBe(EPERM);
      expect((await inGroup(DEFAULT_DEVICE_RULES, 'c', '1', '1')).code).toBe(EPERM);
      expect((await inGroup(DEFAULT_DEVICE_RULES, 'c', '1', '3')).code).toBe(0);
      const without = DEFAULT_DEVICE_RULES.filter(({ major }) => major === null);
      expect((await inGroup(without, 'c', '1', '3')).code).toBe(EPERM);
      const reading: DeviceRule = { type: 'c', major: 1, minor: 3, access: { read: true, write: false, mknod: false } };
      expect((await inGroup([...without, reading], 'c', '1', '3')).code).toBe(0);
    });

    it.skipIf(!existsSync('/dev/fuse'))('opens one that was given', async () => {
      const { stdout } = await confined(['sh', '-c', 'attack device c 10 229; echo $?; ls /dev/fuse'], {
        devices: ['/dev/fuse:r'],
      });
      expect(stdout).toBe('0\n/dev/fuse');
    });
  });
});
