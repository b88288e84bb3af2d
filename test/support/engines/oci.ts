import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { cleanEnvironment, isInstalled, run } from '../command.ts';
import { sweepCgroupsLater } from './cgroup-sweep.ts';
import type { StartedContainer } from './started.ts';

export const runcIsMissing = !isInstalled('runc') || process.getuid?.() !== 0;

/** Starts a bundle with runc alone, its state where runc keeps it, in a group below that of its caller. */
export async function startRunc(workDir: string, name: string, root: string): Promise<StartedContainer> {
  const bundle = path.join(workDir, name);
  mkdirSync(bundle);
  await run('runc', 'spec', '--bundle', bundle);
  const file = path.join(bundle, 'config.json');
  const spec = JSON.parse(readFileSync(file, 'utf8'));
  spec.process.terminal = false;
  spec.process.args = ['/bin/sleep', '1000000'];
  spec.process.rlimits = [];
  spec.root = { path: root, readonly: true };
  writeFileSync(file, JSON.stringify(spec));
  const pidFile = path.join(bundle, 'pid');
  await execa('runc', ['run', '-d', '--bundle', bundle, '--pid-file', pidFile, name], {
    env: cleanEnvironment,
    extendEnv: false,
    stdio: 'ignore',
  });
  return {
    pid: Number(readFileSync(pidFile, 'utf8')),
    stop: async () => void (await run('runc', 'delete', '-f', name)),
  };
}

/** Starts a container in containerd's namespace `nsview-test`, from a folder, without an image. */
export async function startContainerd(socket: string, name: string, root: string): Promise<StartedContainer> {
  const sweep = sweepCgroupsLater('nsview-test');
  const ctr = (...args: readonly string[]) => run('ctr', '-a', socket, '-n', 'nsview-test', ...args);
  await ctr('run', '-d', '--rootfs', root, name, '/bin/sleep', '1000000');
  const tasks = await ctr('task', 'ls');
  const pid = Number(new RegExp(`^${name}\\s+(\\d+)`, 'm').exec(tasks)?.[1]);
  return {
    pid,
    async stop() {
      await ctr('task', 'kill', '-s', 'KILL', name);
      await ctr('task', 'delete', '-f', name).catch(() => undefined);
      await ctr('container', 'delete', name);
      sweep();
    },
  };
}
