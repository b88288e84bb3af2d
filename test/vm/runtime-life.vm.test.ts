import { existsSync, lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isGone } from '../support/host-process.ts';
import { groupFile, type OwnStore, openOwnStore } from '../support/own-store.ts';
import { waitUntil } from '../support/wait-until.ts';

/** What only the files of version 2 can show, with as few starts of Node as will do: each takes a second here. */

let store: OwnStore;
beforeAll(async () => {
  store = await openOwnStore();
});
afterAll(async () => {
  await store.clear();
  expect(store.remains()).toEqual([]);
  await store.close();
});

const groupOf = (id: string) => `/sys/fs/cgroup${store.parent}/${id}`;
const members = (id: string) => groupFile(store, id, 'cgroup.procs').split('\n');

it('memory that runs out, withheld CPU and refused forks are told at the end, and nothing is left', async () => {
  const script = [
    'i=0; while [ $i -lt 30000 ]; do i=$((i+1)); done',
    '(for i in $(seq 12); do sleep 1 & done) 2>/dev/null',
    'exec tail /dev/zero',
  ].join('; ');
  const limits = ['-m', '32m', '--memory-swap', '32m', '--cpus', '0.2', '--pids-limit', '8'];
  const { exitCode, stderr } = await store.run(['--rm', '--name', 'ends', ...limits], 'sh', '-c', script);
  expect(exitCode).toBe(137);
  expect(stderr).toMatch(/memory ran out: the kernel killed a process \(--memory\)/);
  expect(stderr).toMatch(/CPU was withheld in \d+ of \d+ periods, \d+\.\d s of waiting in all \(--cpus\)/);
  expect(stderr).toMatch(/\d+ forks? (was|were) refused \(--pids-limit\)/);
  await store.nsview('gc');
  expect(store.remains()).toEqual([]);
});

it('a command entered later is born in the group, and killed with it', async () => {
  const { stdout: id } = await store.run(['-d', '--name', 'entered'], 'sleep', '1000');
  const [first] = members(id);
  const wrote = await store.nsview(
    'exec',
    'entered@nsview',
    'sh',
    '-c',
    'sleep 1000 >/dev/null 2>&1 & cat /proc/self/cgroup; exit 6',
  );
  expect(wrote).toMatchObject({ exitCode: 6, stdout: '0::/' });
  // What it left behind is the container's from now on.
  const [, second] = members(id);
  expect(second).toBeDefined();
  expect(await store.nsview('kill', 'entered@nsview')).toMatchObject({ exitCode: 0 });
  await waitUntil('both are gone', () => isGone(Number(first)) && isGone(Number(second)));
  await waitUntil('its group is gone', () => !existsSync(groupOf(id)));
  await store.clear();
});

it('one in the foreground ends with its launcher, its group too', async () => {
  const launcher = store.start(['--name', 'front'], 'sleep', '1000');
  const place = () => `${store.root}/containers/${readlinkSync(`${store.root}/names/front`)}`;
  const state = () => JSON.parse(readFileSync(`${place()}/state.json`, 'utf8'));
  const isLink = () => lstatSync(`${store.root}/names/front`, { throwIfNoEntry: false }) !== undefined;
  await waitUntil('it runs', () => isLink() && existsSync(`${place()}/state.json`) && state().status === 'running');
  const { init, monitor } = state();
  const id = readlinkSync(`${store.root}/names/front`);
  expect(existsSync(groupOf(id))).toBe(true);
  launcher.kill('SIGKILL');
  await waitUntil('both are gone', () => isGone(init.pid) && isGone(monitor.pid), 5000);
  expect(existsSync(groupOf(id))).toBe(false);
});
