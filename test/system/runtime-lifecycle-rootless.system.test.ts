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
  const foreign = await nsview(
    ['--root', `${store.workDir}/not-theirs`, 'run', '--rootfs', store.rootfs, 'true'],
    setpriv,
  );
  expect([foreign.exitCode, foreign.stderr]).toEqual([125, expect.stringContaining('it may not be written (EACCES)')]);
});
