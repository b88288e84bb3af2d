import path from 'node:path';
import { isInstalled } from '../command.ts';
import { sweepCgroupsLater } from './cgroup-sweep.ts';
import { descendantsOf, isInitCalled } from './children.ts';
import { startDaemon } from './daemon.ts';
import type { StartedContainer } from './started.ts';

const isRoot = process.getuid?.() === 0;
export const nspawnIsMissing = !isInstalled('systemd-nspawn') || !isRoot;
export const bwrapIsMissing = !isInstalled('bwrap') || !isRoot;
export const unshareIsMissing = !isRoot;

const sleep = ['/bin/sleep', '1000000'];

/** Starts a program that stays in the foreground, and waits until the sleep inside it runs as PID 1 of its namespace. */
async function startForeground(
  workDir: string,
  name: string,
  command: readonly [string, ...string[]],
  initComm = 'sleep',
): Promise<StartedContainer> {
  const findInit = (pid: number) => descendantsOf(pid).find((descendant) => isInitCalled(descendant, initComm));
  const [file, ...args] = command;
  let pid = 0;
  const monitor = await startDaemon(file, args, path.join(workDir, `${name}.log`), (started) => {
    pid = findInit(started) ?? 0;
    return pid !== 0;
  });
  return {
    pid,
    async stop() {
      if (isInitCalled(pid, initComm)) process.kill(pid, 'SIGKILL');
      await monitor.stop();
    },
  };
}

/**
 * Namespaces, and a root of its own: what `mounts` puts at `root`, a shell script that runs in the mount namespace of the
 * container. Nothing of the host's tree is left in it.
 */
export function startMounted(workDir: string, name: string, root: string, mounts: string): Promise<StartedContainer> {
  const enter = 'cd "$0" && pivot_root . tmp && exec /bin/sh -c "umount -l /tmp; exec sleep 1000000"';
  const unshare = ['unshare', '--fork', '--kill-child', '--propagation', 'private', '-pm'] as const;
  return startForeground(workDir, name, [...unshare, 'sh', '-ec', `${mounts}\n${enter}`, root]);
}

/** systemd-nspawn without systemd: neither a unit nor a machine is registered. */
export async function startNspawn(
  workDir: string,
  name: string,
  root: string,
  ...options: readonly string[]
): Promise<StartedContainer> {
  const manners = [...options, '--quiet', '--keep-unit', '--register=no', `--machine=${name}`, '--console=pipe'];
  const sweep = sweepCgroupsLater('payload', 'supervisor');
  const container = await startForeground(workDir, name, ['systemd-nspawn', ...manners, '-D', root, ...sleep]);
  const stop = async () => {
    await container.stop();
    sweep();
  };
  return { pid: container.pid, stop };
}

/** A sandbox that is no container: its pid namespace's init is bwrap itself. */
export function startBwrap(workDir: string, name: string, root: string): Promise<StartedContainer> {
  const view = ['--unshare-all', '--bind', root, '/', '--proc', '/proc', '--dev', '/dev'];
  return startForeground(workDir, name, ['bwrap', ...view, ...sleep], 'bwrap');
}

/** Namespaces and nothing else: no engine, no cgroup, the host's files. */
export function startUnshare(workDir: string, name: string, ...flags: readonly string[]): Promise<StartedContainer> {
  return startForeground(workDir, name, ['unshare', '--fork', '--kill-child', '--mount-proc', ...flags, ...sleep]);
}
