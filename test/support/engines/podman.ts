import { existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { isInstalled, run } from '../command.ts';
import { makeBusyboxArchive } from './busybox.ts';
import { sweepCgroupsLater } from './cgroup-sweep.ts';
import { busyboxImage } from './docker.ts';

export type Podman = {
  podman(...args: readonly string[]): Promise<string>;
  /** What stands before its command, for a podman that is started otherwise. */
  readonly flags: readonly string[];
  /** Starts a container in the background. Returns its id. */
  start(name: string, ...options: readonly string[]): Promise<string>;
  stop(): Promise<void>;
};

export const podmanIsMissing = !isInstalled('podman') || process.getuid?.() !== 0;

const locks = '/dev/shm/libpod_lock';

/**
 * Podman with storage and state of its own in `workDir` and the busybox image. The limits on files and processes are
 * given because root may lack CAP_SYS_RESOURCE, and runc because crun refuses a hybrid cgroup layout.
 */
export async function preparePodman(workDir: string): Promise<Podman> {
  const home = path.join(workDir, 'podman');
  mkdirSync(home);
  const sweep = sweepCgroupsLater('libpod_parent', 'conmon');
  const hadLocks = existsSync(locks);
  const state = ['--root', path.join(home, 'storage'), '--runroot', path.join(home, 'run'), '--tmpdir', `${home}/tmp`];
  const flags = [...state, '--storage-driver', 'overlay', '--cgroup-manager', 'cgroupfs', '--runtime', 'runc'];
  const podman: Podman['podman'] = (...args) => run('podman', ...flags, ...args);
  await podman('import', await makeBusyboxArchive(workDir), busyboxImage);
  return {
    podman,
    flags,
    start(name, ...options) {
      const limits = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024'];
      return podman('run', '-d', '--name', name, '--network', 'host', ...limits, ...options);
    },
    async stop() {
      await podman('rm', '-fa', '-t', '0');
      sweep();
      if (!hadLocks) rmSync(locks, { force: true });
    },
  };
}
