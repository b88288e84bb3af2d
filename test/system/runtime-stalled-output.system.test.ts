import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { cleanEnvironment } from '../support/command.ts';
import { cgroupRoots } from '../support/engines/cgroup-sweep.ts';
import { isGone, parentOf } from '../support/host-process.ts';
import { launcher } from '../support/nsview.ts';
import { type OwnStore, openOwnStore } from '../support/own-store.ts';
import { waitUntil } from '../support/wait-until.ts';

/** What a container prints where nobody reads it: it may wait for ever, but nobody else may wait for it. */

let store: OwnStore;
const shells: ChildProcess[] = [];
beforeAll(async () => {
  store = await openOwnStore();
});
afterEach(async () => {
  for (const { pid } of shells.splice(0)) if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  await store.clear();
});
afterAll(() => store.close());

const flood = 'while :; do echo out; echo err >&2; done';

type Stalled = { readonly id: string; readonly init: number; readonly monitor: number; readonly reader: number };

/** Both streams go into one pipe that somebody holds and never reads. Resolves once it runs. */
async function startUnread(name: string, options: readonly string[], script: string): Promise<Stalled> {
  const run = [launcher, '--root', store.root, 'run', '--rootfs', store.rootfs, '--cgroup-parent', store.parent];
  const line = [...run, '--name', name, ...options, '--', 'sh', '-c', script];
  const shell = spawn(
    'bash',
    ['-c', 'exec {keeps}> >(echo $BASHPID; exec sleep 1000 >&-); "$@" >&$keeps 2>&1', 'bash', ...line],
    {
      env: cleanEnvironment,
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    },
  );
  shells.push(shell);
  let told = '';
  shell.stdout.on('data', (chunk) => {
    told += chunk;
  });
  const place = `${store.root}/names/${name}`;
  const state = () => JSON.parse(readFileSync(`${store.root}/containers/${readlinkSync(place)}/state.json`, 'utf8'));
  await waitUntil('it runs', () => told.includes('\n') && isLink(place) && state().status === 'running');
  const { init, monitor } = state();
  return { id: readlinkSync(place), init: init.pid, monitor: monitor.pid, reader: Number(told) };
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

async function startStalled(name: string): Promise<Stalled> {
  const stalled = await startUnread(name, [], flood);
  const place = () => readFileSync(`/proc/${stalled.init}/wchan`, 'latin1');
  await waitUntil('it waits for its reader', () => place().includes('pipe_write'));
  return stalled;
}

it('what nobody reads keeps no container from being stopped', async () => {
  const { id, monitor, reader } = await startStalled('stopped');
  expect(await store.nsview('stop', '-t', '0', 'stopped@nsview')).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await store.nsview('wait', 'stopped@nsview')).toMatchObject({ stdout: '137' });
  expect(groupsOf(id)).toEqual([]);
  process.kill(reader, 'SIGKILL');
  await waitUntil('the helper is gone', () => isGone(monitor), 1000);
});

it('what nobody reads keeps no helper alive without its launcher', async () => {
  const { id, init, monitor } = await startStalled('left');
  process.kill(parentOf(monitor), 'SIGKILL');
  await waitUntil('all are gone', () => isGone(init) && isGone(monitor), 1000);
  expect(groupsOf(id)).toEqual([]);
});

it('a container that has ended is seen to have ended while its last words wait, and they are in its log', async () => {
  const words = 20_000;
  const { id, init, monitor } = await startUnread('ended', [], `sleep 0.2; seq ${words}; exit 3`);
  // Four pages less than a pipe holds are read by nobody, the rest waits in the pipe between.
  await waitUntil('its command has ended', () => isGone(init));
  expect(await store.nsview('wait', 'ended@nsview')).toMatchObject({ stdout: '3' });
  expect((await store.nsview('logs', '--tail', '1', 'ended@nsview')).stdout).toBe(String(words));
  expect(groupsOf(id)).toEqual([]);
  process.kill(parentOf(monitor), 'SIGKILL');
  await waitUntil('the helper is gone', () => isGone(monitor), 1000);
});

function groupsOf(id: string): readonly string[] {
  return cgroupRoots().filter((mount) => existsSync(`${mount}${store.parent}/${id}`));
}
