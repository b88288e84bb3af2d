import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MountSpec } from '../../src/runtime/spec.ts';
import { containerSpec, type Ground, plainDevices } from '../support/container-spec.ts';
import { freshState, makeGround, runContainer, runScript } from '../support/own-container.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

/** Images and volumes made to lead the start astray: runs on the host's own file system must leave no trace there. */

const workDir = makeWorkDir();
const victim = `${workDir}/victim`;
let ground: Ground;

beforeAll(() => {
  ground = makeGround(workDir);
});
beforeEach(() => {
  freshState(ground);
  rmSync(victim, { recursive: true, force: true });
  mkdirSync(`${victim}/pts`, { recursive: true });
  writeFileSync(`${victim}/canary`, 'alive');
});
afterAll(() => removeWorkDir(workDir));

/** Puts a link into the image for the time of one test. */
async function withLink(path: string, target: string, body: () => Promise<void>): Promise<void> {
  rmSync(`${ground.rootfs}/${path}`, { recursive: true, force: true });
  symlinkSync(target, `${ground.rootfs}/${path}`);
  try {
    await body();
  } finally {
    rmSync(`${ground.rootfs}/${path}`);
  }
}

function expectVictimUntouched(): void {
  expect(readdirSync(victim).toSorted()).toEqual(['canary', 'pts']);
  expect(readdirSync(`${victim}/pts`)).toEqual([]);
  expect(readFileSync(`${victim}/canary`, 'utf8')).toBe('alive');
}

const inPlace = () => ({ kind: 'directory', path: ground.rootfs }) as const;
const up = '../'.repeat(12);

describe.each(['dev', 'proc', 'sys'])('an image whose /%s is a link', (name) => {
  test.each([
    ['absolute', victim],
    ['upwards', `${up}${victim.slice(1)}`],
    ['within the image', '/tmp'],
  ])('%s is refused where the image is used in place', (_, target) =>
    withLink(name, target, async () => {
      const { status, stderr } = await runScript(ground, 'true', { rootfs: inPlace() });
      expect(status).toBe(125);
      expect(stderr).toMatch(/"error":"ELOOP"/);
      expectVictimUntouched();
    }),
  );

  test('is out of sight under the layer of ours', () =>
    withLink(name, victim, async () => {
      const { status, stdout } = await runScript(ground, `grep -c " /${name} " /proc/mounts`);
      expect({ status, stdout }).toEqual({ status: 0, stdout: '1\n' });
      expectVictimUntouched();
    }));
});

test('what an image has in /dev stands under a /dev of ours', async () => {
  mkdirSync(`${ground.rootfs}/dev`, { recursive: true });
  await withLink('dev/null', '/etc/passwd', async () => {
    const script = 'echo lost > /dev/null; stat -c "%t:%T %F" /dev/null; wc -c < /proc/timer_list';
    const { stdout } = await runScript(ground, script, { rootfs: inPlace() });
    expect(stdout).toBe('1:3 character special file\n0\n');
  });
  expect(readFileSync(`${ground.rootfs}/etc/passwd`, 'utf8')).toMatch(/^root:/);
  rmSync(`${ground.rootfs}/dev`, { recursive: true });
});

function bindAt(target: string, source = `${workDir}/victim`): readonly MountSpec[] {
  const bind = { kind: 'bind', source, target, recursive: true, flags: [], propagation: 'private' } as const;
  return [...containerSpec(ground).mounts, bind];
}

test('a volume’s place is found within the image, wherever its links seem to lead', () =>
  withLink('data', `${up}etc`, async () => {
    const { stdout, stderr } = await runScript(ground, 'ls /etc/volume', { mounts: bindAt('/data/volume') });
    expect(stdout, stderr).toBe('canary\npts\n');
    expect(existsSync('/etc/volume')).toBe(false);
  }));

test.each(['proc', 'proc/sys', 'sys/kernel', 'proc/self/attr'])(
  'a volume is not mounted on /%s, by no other name either',
  async (target) => {
    for (const mounts of [bindAt(`/${target}`), bindAt('/data')]) {
      await withLink('data', `/${target}`, async () => {
        const { status, stderr } = await runScript(ground, 'true', { mounts });
        expect(status).toBe(125);
        expect(stderr).toContain('"step":"bind","error":"EPERM"');
      });
    }
  },
);

test('a volume’s place that is a dangling link is made nowhere', () =>
  withLink('data', `${victim}/new`, async () => {
    const { status } = await runScript(ground, 'true', { mounts: bindAt('/data/volume') });
    expect(status).toBe(125);
    expectVictimUntouched();
  }));

test('a working directory is made within the image', () =>
  withLink('data', `${up}${victim.slice(1)}`, async () => {
    await runContainer(ground, { process: { argv: ['true'], cwd: '/data/made' } });
    expectVictimUntouched();
  }));

test('a masked path that is a link is refused', async () => {
  const { status, stderr } = await runScript(ground, 'true', { maskedPaths: ['/proc/self'] });
  expect(status).toBe(125);
  expect(stderr).toContain('"step":"mask","error":"ELOOP"');
});

test('a device takes no other place than one below /dev', async () => {
  const zero = plainDevices.find(({ path }) => path === 'zero');
  for (const path of ['../../../victim', 'fd/../../x', 'stdin']) {
    const devices = zero === undefined ? [] : [...plainDevices, { ...zero, path }];
    await runScript(ground, 'true', { devices });
    expectVictimUntouched();
    expect(existsSync(`${ground.rootfs}/victim`)).toBe(false);
  }
});

test('a command that is its own interpreter executes no program of the host, and changes none', async () => {
  const helper = fileURLToPath(new URL('../../native/build/nsview-init', import.meta.url));
  const digest = () => createHash('sha256').update(readFileSync(helper)).digest('hex');
  const before = digest();
  writeFileSync(`${ground.rootfs}/bin/self`, '#!/proc/self/exe\n', { mode: 0o755 });
  const { status, stderr } = await runContainer(ground, { process: { argv: ['/bin/self'] } });
  expect(status, stderr).not.toBe(0);
  const all = Number.parseInt(/^CapBnd:\t(.*)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0', 16);
  const writer = 'for exe in /proc/[0-9]*/exe; do echo overwritten > $exe; done; readlink /proc/1/exe';
  const capabilities = { bounding: all, effective: all, permitted: all };
  const { stdout } = await runScript(ground, writer, { init: true, process: { capabilities } });
  expect(stdout).toContain('nsview-init');
  expect(digest()).toBe(before);
});
