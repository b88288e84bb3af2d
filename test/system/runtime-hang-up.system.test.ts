import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, lstatSync, readFileSync, readlinkSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cleanEnvironment } from '../support/command.ts';
import { isGone } from '../support/host-process.ts';
import { launcher } from '../support/nsview.ts';
import { type OwnStore, openOwnStore } from '../support/own-store.ts';
import { waitUntil } from '../support/wait-until.ts';

/** A foreground run whose PID 1 has no handler: what is sent to it does nothing. */

let store: OwnStore;
beforeAll(async () => {
  store = await openOwnStore();
});
afterAll(async () => {
  expect(store.remains()).toEqual([]);
  await store.close();
});

type Started = { readonly run: ChildProcess; readonly init: number; readonly monitor: number };

/** The link of a name leads to an id, not to a file. */
const isThere = (link: string) => lstatSync(link, { throwIfNoEntry: false }) !== undefined;

async function start(name: string): Promise<Started> {
  const where = ['--root', store.root, 'run', '--cgroup-parent', store.parent, '--rootfs', store.rootfs];
  const run = spawn(launcher, [...where, '--rm', '--name', name, 'sleep', '1000'], {
    env: cleanEnvironment,
    stdio: 'ignore',
  });
  const link = `${store.root}/names/${name}`;
  const file = () => `${store.root}/containers/${readlinkSync(link)}/state.json`;
  const state = () => JSON.parse(readFileSync(file(), 'utf8'));
  await waitUntil('it runs', () => isThere(link) && existsSync(file()) && state().status === 'running');
  const { init, monitor } = state();
  return { run, init: init.pid, monitor: monitor.pid };
}

it('the end of its terminal ends it', async () => {
  const { run, init, monitor } = await start('hung-up');
  run.kill('SIGHUP');
  expect(await once(run, 'exit')).toEqual([129, null]);
  expect([isGone(init), isGone(monitor)]).toEqual([true, true]);
});

it.each(['SIGINT', 'SIGTERM'] as const)('the third %s kills it', async (signal) => {
  const { run, init, monitor } = await start(`third-${signal.toLowerCase()}`);
  const end = once(run, 'exit');
  // Signals that are sent at once become one.
  const sending = setInterval(() => run.kill(signal), 100);
  expect(await end).toEqual([137, null]);
  clearInterval(sending);
  expect([isGone(init), isGone(monitor)]).toEqual([true, true]);
});
