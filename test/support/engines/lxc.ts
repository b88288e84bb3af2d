import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isInstalled, run } from '../command.ts';
import { sweepCgroupsLater } from './cgroup-sweep.ts';
import type { StartedContainer } from './started.ts';

export const lxcIsMissing = !isInstalled('lxc-start') || process.getuid?.() !== 0;

/** Starts an LXC container without a network, its state in `workDir`. `root`: a directory, or `overlay:LOWER:UPPER`. */
export async function startLxc(workDir: string, name: string, root: string): Promise<StartedContainer> {
  const home = path.join(workDir, 'lxc');
  mkdirSync(path.join(home, name), { recursive: true });
  const config = [
    `lxc.rootfs.path = ${root.startsWith('/') ? 'dir:' : ''}${root}`,
    `lxc.uts.name = ${name}`,
    'lxc.net.0.type = empty',
    'lxc.apparmor.profile = unconfined',
    'lxc.mount.auto = proc:rw',
    'lxc.init.cmd = /bin/sleep 1000000',
  ];
  const file = path.join(home, name, 'config');
  writeFileSync(file, `${config.join('\n')}\n`);
  const sweep = sweepCgroupsLater('lxc.');
  await run('lxc-start', '-P', home, '-n', name, '-f', file, '-d', '-o', path.join(home, 'log'));
  const pid = Number(await run('lxc-info', '-P', home, '-n', name, '-p', '-H'));
  return {
    pid,
    async stop() {
      await run('lxc-stop', '-P', home, '-n', name, '-k');
      sweep();
    },
  };
}
