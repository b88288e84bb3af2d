import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cleanEnvironment } from '../test/support/command.ts';
import type { Command } from './program.ts';

/**
 * crun refuses a hybrid host: for it the unified hierarchy is taken out of sight, in a mount namespace of its own, which
 * stays; a start enters it, and what entering alone takes is known by `enter`.
 */
export async function openCrun(workDir: string) {
  const without = 'mountpoint -q /sys/fs/cgroup/unified && umount /sys/fs/cgroup/unified; echo; exec sleep 1000000';
  const keeper = spawn('unshare', ['-m', '--propagation', 'private', 'sh', '-c', without], {
    env: cleanEnvironment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(keeper.stdout, 'data');
  const enter: Command = ['nsenter', '-t', `${keeper.pid}`, '-m', '--'];
  return {
    enter,
    crun: [...enter, 'crun', '--root', `${workDir}/crun`] satisfies Command as Command,
    close: async () => {
      keeper.kill('SIGKILL');
      await once(keeper, 'close');
    },
  };
}

/** Fewer walls than ours: no filter, no limits, no /dev made, nothing hidden. */
export const unshareCommand = (rootfs: string): Command => [
  ...(['unshare', '--fork', '--pid', '--mount', '--uts', '--ipc', '--net', '--cgroup'] as const),
  ...['--root', rootfs, '--mount-proc', 'true'],
];

/** Fewer walls than ours: no filter, no limits, nothing hidden. */
export const bwrapCommand = (rootfs: string): Command => [
  ...(['bwrap', '--unshare-pid', '--unshare-net', '--unshare-uts', '--unshare-ipc', '--unshare-cgroup'] as const),
  ...['--bind', rootfs, '/', '--proc', '/proc', '--dev', '/dev', '--cap-drop', 'ALL', 'true'],
];
