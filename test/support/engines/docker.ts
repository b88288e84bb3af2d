import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isInstalled, run } from '../command.ts';
import { makeBusyboxArchive } from './busybox.ts';
import { sweepCgroupsLater } from './cgroup-sweep.ts';
import { startDaemon } from './daemon.ts';

export type Docker = {
  readonly socket: string;
  /** The socket of the containerd that dockerd started for itself. */
  readonly containerd: string;
  docker(...args: readonly string[]): Promise<string>;
  /** Removes every container and network, ends the daemon, and takes its cgroups away. */
  stop(): Promise<void>;
};

/** The image that every daemon started here has: one layer, busybox alone. */
export const busyboxImage = 'nsview-busybox';

export const dockerIsMissing = !isInstalled('dockerd') || !isInstalled('docker') || process.getuid?.() !== 0;

/** A client of the daemon at `socket`, free of the contexts and logins of the person who runs the tests. */
export function dockerClient(socket: string, configDir: string): Docker['docker'] {
  return (...args) => run('docker', '--config', configDir, '-H', `unix://${socket}`, ...args);
}

/**
 * Starts a dockerd of its own in `workDir`. Its bridge is made here and it touches no firewall, so that it disturbs no
 * other daemon of the host; `--bridge=none` would not do, since it removes the host's `docker0`.
 */
export async function startDockerd(workDir: string): Promise<Docker> {
  const home = path.join(workDir, 'docker');
  const configDir = path.join(home, 'config');
  mkdirSync(configDir, { recursive: true });
  const socket = path.join(home, 'docker.sock');
  const docker = dockerClient(socket, configDir);
  const sweep = sweepCgroupsLater('docker');
  const bridge = `nsvtest${process.pid}`;
  await run('ip', 'link', 'add', bridge, 'type', 'bridge');
  const removeBridge = () => run('ip', 'link', 'del', bridge);
  const directories = ['--data-root', path.join(home, 'data'), '--exec-root', path.join(home, 'exec')];
  const network = ['-b', bridge, '--iptables=false', '--ip6tables=false', '--ip-forward=false'];
  const args = [...directories, '-H', `unix://${socket}`, '--pidfile', path.join(home, 'pid'), ...network];
  let stopDaemon = async () => {};
  const stop = async () => {
    await stopDaemon();
    await removeBridge();
    sweep();
  };
  try {
    await run('ip', 'address', 'add', `172.30.${process.pid % 256}.1/24`, 'dev', bridge);
    const daemon = await startDaemon('dockerd', args, path.join(home, 'log'), () => answers(docker));
    stopDaemon = async () => {
      const containers = (await docker('ps', '-aq')).split('\n').filter((id) => id !== '');
      if (containers.length > 0) await docker('rm', '-fv', ...containers);
      await daemon.stop();
    };
    await docker('import', await makeBusyboxArchive(workDir), busyboxImage);
  } catch (error) {
    await stop();
    throw error;
  }
  return { socket, containerd: path.join(home, 'exec/containerd/containerd.sock'), docker, stop };
}

function answers(docker: Docker['docker']): Promise<boolean> {
  return docker('version').then(
    () => true,
    () => false,
  );
}

/** Builds an image from a Dockerfile whose context holds nothing else than `files`. */
export async function buildImage(
  docker: Docker['docker'],
  workDir: string,
  tag: string,
  dockerfile: string,
  files: { readonly [name: string]: string } = {},
): Promise<void> {
  const context = path.join(workDir, `context-${tag}`);
  mkdirSync(context, { recursive: true });
  writeFileSync(path.join(context, 'Dockerfile'), dockerfile);
  for (const [name, content] of Object.entries(files)) writeFileSync(path.join(context, name), content);
  await docker('build', '-q', '-t', tag, context);
}
