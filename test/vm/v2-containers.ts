import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { cleanEnvironment, run } from '../support/command.ts';
import { makeBusyboxArchive, makeBusyboxRoot } from '../support/engines/busybox.ts';
import { startDaemon } from '../support/engines/daemon.ts';
import { busyboxImage, type Docker, dockerClient } from '../support/engines/docker.ts';

/** `linux.resources` of an OCI bundle, the parts used here. */
type Resources = {
  readonly cpu?: { readonly quota?: number; readonly period?: number; readonly shares?: number };
  readonly memory?: { readonly limit?: number; readonly swap?: number };
  readonly pids?: { readonly limit: number };
  readonly unified?: { readonly [file: string]: string };
};

export type CrunContainer = {
  readonly pid: number;
  /** Its group's directory. */
  readonly group: string;
  crun(...args: readonly string[]): Promise<string>;
  stop(): Promise<void>;
};

/** Starts a bundle with crun, in the group `cgroupsPath`. */
export async function startCrun(
  workDir: string,
  name: string,
  cgroupsPath: string,
  resources: Resources,
  args: readonly string[] = ['sleep', '1000000'],
): Promise<CrunContainer> {
  const bundle = path.join(workDir, name);
  mkdirSync(bundle);
  await execa('crun', ['spec'], { cwd: bundle, env: cleanEnvironment, extendEnv: false });
  const file = path.join(bundle, 'config.json');
  const spec = JSON.parse(readFileSync(file, 'utf8'));
  spec.process.terminal = false;
  spec.process.args = args;
  spec.root = { path: await makeBusyboxRoot(workDir), readonly: true };
  spec.linux.resources = resources;
  spec.linux.cgroupsPath = cgroupsPath;
  writeFileSync(file, JSON.stringify(spec));
  const crun = (...command: readonly string[]) => run('crun', ...command);
  const pidFile = path.join(bundle, 'pid');
  await execa('crun', ['run', '-d', '--bundle', bundle, '--pid-file', pidFile, name], {
    env: cleanEnvironment,
    extendEnv: false,
    stdio: 'ignore',
  });
  return {
    pid: Number(readFileSync(pidFile, 'utf8')),
    group: `/sys/fs/cgroup${cgroupsPath}`,
    crun,
    stop: async () => void (await crun('delete', '-f', name)),
  };
}

/** A dockerd without a bridge, whose module the kernel does not take. */
export async function startV2Dockerd(workDir: string): Promise<Docker> {
  const home = path.join(workDir, 'docker');
  const configDir = path.join(home, 'config');
  mkdirSync(configDir, { recursive: true });
  const socket = path.join(home, 'docker.sock');
  const docker = dockerClient(socket, configDir);
  const directories = ['--data-root', path.join(home, 'data'), '--exec-root', path.join(home, 'exec')];
  const network = ['--bridge=none', '--iptables=false', '--ip6tables=false', '--ip-forward=false'];
  const daemon = await startDaemon(
    'dockerd',
    [...directories, '-H', `unix://${socket}`, '--pidfile', path.join(home, 'pid'), ...network],
    path.join(home, 'log'),
    () =>
      docker('version').then(
        () => true,
        () => false,
      ),
  );
  await docker('import', await makeBusyboxArchive(workDir), busyboxImage);
  return {
    socket,
    containerd: path.join(home, 'exec/containerd/containerd.sock'),
    docker,
    stop: () => daemon.stop(),
  };
}
