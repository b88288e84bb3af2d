import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { cleanEnvironment } from '../test/support/command.ts';
import { cgroupRoots, sweepCgroupsLater } from '../test/support/engines/cgroup-sweep.ts';
import { busyboxImage, type Docker, startDockerd } from '../test/support/engines/docker.ts';
import { waitUntil } from '../test/support/wait-until.ts';
import { makeWorkDir, removeWorkDir } from '../test/support/work-dir.ts';

/** Containers that the bench made, and how they go away again. */
export type Population = { stop(): Promise<void> };

const live = new Set<Population>();

/** Ends whatever the bench has started and not yet ended: for Ctrl-C. */
export async function stopAll(): Promise<void> {
  for (const population of [...live].reverse()) await population.stop();
}

function keepTrack(stop: () => Promise<void>): Population {
  const population = {
    async stop() {
      if (live.delete(population)) await stop();
    },
  };
  live.add(population);
  return population;
}

const countProcesses = () => readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length;

/** Runs a shell script that starts `count` processes and stays. They all are of one group, which ends as one. */
async function startScript(
  script: string,
  args: readonly string[],
  count: number,
  sweep = () => {},
): Promise<Population> {
  const before = countProcesses();
  const child = spawn('sh', ['-c', `${script}; wait`, 'sh', ...args], {
    env: cleanEnvironment,
    detached: true,
    stdio: 'ignore',
  });
  await once(child, 'spawn');
  const group = -(child.pid ?? 0);
  const population = keepTrack(async () => {
    process.kill(group, 'SIGKILL');
    await waitUntil('the processes are gone', () => !exists(group), 60_000);
    sweep();
  });
  await waitUntil(`${count} processes`, () => countProcesses() >= before + count, 120_000);
  return population;
}

function exists(group: number): boolean {
  try {
    process.kill(group, 0);
    return true;
  } catch {
    return false;
  }
}

const isolated = 'unshare --fork --kill-child -pmuinC --mount-proc';

/** `count` × six namespaces with three sleeps and their unshare: 500 make 2,000 processes in 3,000 namespaces. */
export async function startNamespaces(count: number): Promise<Population> {
  const inner = 'sleep 1000000 & sleep 1000000 & exec sleep 1000000';
  const script = `n=0; while [ $n -lt ${count} ]; do ${isolated} sh -c '${inner}' & n=$((n+1)); done`;
  return startScript(script, [], count * 4);
}

/** `count` containers as an engine would make them, without the engine: a cgroup and six namespaces each. */
export async function startBareContainers(count: number): Promise<Population> {
  const parent = 'nsview-bench';
  const sweep = sweepCgroupsLater(parent);
  const wanted = new Set(['memory', 'cpu', 'cpuacct', 'cpu,cpuacct', 'pids', 'blkio', 'unified', 'cgroup']);
  const roots = cgroupRoots().filter((root) => wanted.has(path.basename(root)));
  const ids = Array.from({ length: count }, (_, index) => createHash('sha256').update(`${index}`).digest('hex'));
  for (const root of roots) for (const id of ids) mkdirSync(path.join(root, parent, id), { recursive: true });
  const enter = roots.map((root) => `echo 0 >${path.join(root, parent)}/$id/cgroup.procs`).join('; ');
  const script = `for id in "$@"; do (${enter}; exec ${isolated} sleep 1000000) & done`;
  return startScript(script, ids, count * 2, sweep);
}

/** A Docker daemon of our own, without a container. Files for it are kept in `workDir`. */
export async function startDocker(): Promise<Population & { readonly docker: Docker; readonly workDir: string }> {
  const workDir = makeWorkDir();
  const docker = await startDockerd(workDir);
  const population = keepTrack(async () => {
    await docker.stop();
    await removeWorkDir(workDir);
  });
  return { ...population, docker, workDir };
}

/** `count` Docker containers of a daemon of our own. */
export async function startDockerContainers(
  count: number,
): Promise<Population & { readonly socket: string; readonly daemonPid: number }> {
  const { docker, stop } = await startDocker();
  for (let index = 0; index < count; index++) {
    const limits = ['-m', '64m', '--cpus', '0.5', '--pids-limit', '64', '--network', 'none'];
    await docker.docker('run', '-d', '--name', `bench-${index}`, ...limits, busyboxImage, 'sleep', '1000000');
  }
  const daemonPid = Number(readFileSync(path.join(path.dirname(docker.socket), 'pid'), 'utf8'));
  return { stop, socket: docker.socket, daemonPid };
}
