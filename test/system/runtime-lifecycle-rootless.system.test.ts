import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run } from '../support/command.ts';
import { launcher, nsview } from '../support/nsview.ts';
import { type OwnStore, openOwnStore } from '../support/own-store.ts';

const NOBODY = '65534';
const setpriv: [string, ...string[]] = [
  'setpriv',
  `--reuid=${NOBODY}`,
  `--regid=${NOBODY}`,
  '--clear-groups',
  launcher,
];
let store: OwnStore;
let root: string;
/** Whether the kernel lets an ordinary user have a user namespace: user_namespaces(7). */
let lets = false;

beforeAll(async () => {
  store = await openOwnStore();
  chmodSync(store.workDir, 0o755);
  root = `${store.workDir}/theirs`;
  mkdirSync(root);
  await run('chown', `${NOBODY}:${NOBODY}`, root);
  lets = await run(
    'setpriv',
    `--reuid=${NOBODY}`,
    `--regid=${NOBODY}`,
    '--clear-groups',
    'unshare',
    '-Ur',
    'true',
  ).then(
    () => true,
    () => false,
  );
});
afterAll(() => store.close());

const asNobody = (...args: readonly string[]) => nsview(['--root', root, ...args], setpriv);

it('an ordinary user runs, enters, stops and removes containers of its own', async ({ skip }) => {
  if (!lets) skip('this kernel lets no ordinary user have a user namespace');
  const once = await asNobody(
    'run',
    '--rm',
    '--device',
    '/dev/null:/dev/other',
    '--rootfs',
    store.rootfs,
    'sh',
    '-c',
    'id -u; cat /proc/self/uid_map; exit 4',
  );
  expect([once.exitCode, once.stderr]).toEqual([4, '']);
  expect(once.stdout.replace(/ +/g, ' ')).toBe('0\n 0 65534 1');
  expect((await asNobody('run', '-d', '--name', 'mine', '--rootfs', store.rootfs, 'sleep', '600')).exitCode).toBe(0);
  expect((await asNobody('exec', 'mine', 'id', '-u')).stdout).toBe('0');
  const { containers } = JSON.parse((await asNobody('ps', '--json')).stdout);
  expect(containers.map(({ name }: { name: string }) => name)).toContain('mine');
  expect((await asNobody('stop', '-t', '0', 'mine')).stdout).toBe('mine');
  expect((await asNobody('rm', 'mine')).stdout).toBe('mine');
  expect(readdirSync(`${root}/containers`)).toEqual([]);
});

it('is told clearly what it may not', async ({ skip }) => {
  if (!lets) skip('this kernel lets no ordinary user have a user namespace');
  const limited = await asNobody('run', '--rm', '-m', '64m', '--rootfs', store.rootfs, 'true');
  expect([limited.exitCode, limited.stderr.split('\n')[0]]).toEqual([
    125,
    'nsview: run: limits need a control group, and an ordinary user may make none',
  ]);
  const cases: readonly (readonly [readonly string[], string, string])[] = [
    [
      ['--network', 'bridge'],
      '--network bridge: an ordinary user may make no interfaces on the host',
      'Run it as root',
    ],
    [['-u', '1000'], "--user 1000:0: the container's user namespace has no user 1000, only root", 'An ordinary user'],
    [['--cgroup-parent', '/not-theirs'], 'cannot make a control group (EACCES)', '--cgroup-parent'],
  ];
  for (const [flags, why, remedy] of cases) {
    const refused = await asNobody('run', '--rm', ...flags, '--rootfs', store.rootfs, 'true');
    const [told, then] = refused.stderr.split('\n');
    expect([refused.exitCode, told, then]).toEqual([
      125,
      expect.stringContaining(why),
      expect.stringContaining(remedy),
    ]);
  }
  await asNobody('run', '-d', '--name', 'plain', '--rootfs', store.rootfs, 'sleep', '600');
  const entered = await asNobody('exec', '-u', '1000', 'plain', 'true');
  expect([entered.exitCode, entered.stderr]).toEqual([125, expect.stringContaining('has no user 1000, only root')]);
  await asNobody('rm', '-f', 'plain');
  const foreign = await nsview(
    ['--root', `${store.workDir}/not-theirs`, 'run', '--rootfs', store.rootfs, 'true'],
    setpriv,
  );
  expect([foreign.exitCode, foreign.stderr]).toEqual([125, expect.stringContaining('it may not be written (EACCES)')]);
});

it('root is told who and what is not in a user namespace, and which settings there are not', async () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [
      ['--userns', 'auto', '-u', '70000'],
      "--user 70000:0: the container's user namespace has no user 70000, its users are 0 to 65535",
    ],
    [
      ['--sysctl', 'net.ipv4.nope=1'],
      '--sysctl net.ipv4.nope=1: this kernel has no such setting for a container (ENOENT)',
    ],
    [['--sysctl', 'kernel.shmmax=x'], '--sysctl kernel.shmmax=x: the kernel does not take this value (EINVAL)'],
  ];
  for (const [flags, why] of cases) {
    const { exitCode, stderr } = await store.run(['--rm', ...flags], 'true');
    expect([exitCode, stderr.split('\n')[0]]).toEqual([125, `nsview: ${why}`]);
  }
  expect(store.remains()).toEqual([]);
});
