/**
 * `npm run capture-engines`, as root: starts containers of every engine that is here, records the host with
 * them as test/fixtures/host-engines.tree, and beside it what the engines say of them, which the tests compare with.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { makeBusyboxRoot } from '../test/support/engines/busybox.ts';
import { descendantsOf } from '../test/support/engines/children.ts';
import { busyboxImage, startDockerd } from '../test/support/engines/docker.ts';
import { inspectDocker } from '../test/support/engines/docker-inspect.ts';
import { startBwrap, startNspawn, startUnshare } from '../test/support/engines/foreground.ts';
import { startLxc } from '../test/support/engines/lxc.ts';
import { startContainerd, startRunc } from '../test/support/engines/oci.ts';
import { preparePodman } from '../test/support/engines/podman.ts';
import type { ExpectedHost } from '../test/support/expected-host.ts';
import { makeWorkDir, removeWorkDir } from '../test/support/work-dir.ts';

const root = path.join(import.meta.dirname, '..');
const out = path.join(root, 'test/fixtures/host-engines');

/** The processes above this one, nearest first, without PID 1. */
function ancestorsOf(pid: number): number[] {
  const parent = Number(/^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  return parent > 1 ? [parent, ...ancestorsOf(parent)] : [];
}

/** The short names of layers that mount options use, as entries of a tree. */
function layerLinks(directory: string): string[] {
  return readdirSync(directory)
    .sort()
    .map((name) => `=== ${directory}/${name} -> ${readlinkSync(path.join(directory, name))}\n`);
}

/** What tells of this machine alone: where we work, the group we run in, what runs as PID 1. */
function renames(workDir: string): string[] {
  const ownGroup = /^\d+:memory:\/(.+)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1];
  const init = readFileSync('/proc/1/comm', 'utf8').trim();
  const [version] = os.release().split('-');
  const names = [
    `${workDir}=/srv`,
    `${root}=/opt/nsview`,
    `${os.release()}=${version}`,
    ...(ownGroup === undefined ? [] : [`${ownGroup}=session`]),
    `${init}=init`,
  ];
  return names.flatMap((name) => ['--rename', name]);
}

/** Mounts of other daemons and other work on this machine are in every mount table: they are not the fixture's. */
function withoutForeignMounts(tree: string): string {
  const foreign = /^\d+ \d+ \d+:\d+ \S+ \/(?:tmp|mnt)\/\S+ /;
  return tree
    .split('\n')
    .filter((line) => !foreign.test(line))
    .join('\n');
}

const dockerOptions: { readonly [name: string]: readonly string[] } = {
  plain: ['--ipc', 'shareable'],
  limited: ['-m', '300m', '--cpus', '0.2', '--pids-limit', '64', '--cpu-shares', '512'],
  hostpid: ['--pid', 'host', '--network', 'host'],
  joined: ['--pid', 'container:plain', '--network', 'container:plain', '--ipc', 'container:plain'],
  readonly: ['--read-only', '--tmpfs', '/tmp', '--user', '65534:65534'],
};

const workDir = makeWorkDir();
const stops: (() => Promise<void>)[] = [() => removeWorkDir(workDir)];
try {
  const busybox = await makeBusyboxRoot(workDir);
  const { docker, containerd, stop } = await startDockerd(workDir);
  stops.push(stop);
  for (const [name, options] of Object.entries(dockerOptions)) {
    await docker('run', '-d', '--name', name, ...options, busyboxImage, 'sleep', '1000000');
  }
  const podman = await preparePodman(workDir);
  stops.push(podman.stop);
  await podman.start('pod', '-m', '64m', '--pids-limit', '40', busyboxImage, 'sleep', '1000000');
  const podmanInspect = JSON.parse(await podman.podman('inspect', 'pod'))[0];

  const others = {
    lxc: await startLxc(workDir, 'l1', busybox),
    nspawn: await startNspawn(workDir, 'n1', busybox),
    oci: await startRunc(workDir, 'nsview-capture', busybox),
    containerd: await startContainerd(containerd, 'c1', busybox),
    unknown: await startUnshare(workDir, 'u1', '-pmuinC'),
  };
  const bwrap = await startBwrap(workDir, 'b1', busybox);
  stops.push(...Object.values(others).map((container) => container.stop), bwrap.stop);

  const inspected = await inspectDocker(docker, Object.keys(dockerOptions));
  const rename = (text: string) => text.replaceAll(workDir, '/srv');
  const expected: ExpectedHost = {
    docker: inspected.map(({ Id, Name, State, HostConfig, GraphDriver }) => ({
      id: Id,
      name: Name.slice(1),
      pid: State.Pid,
      memoryBytes: HostConfig.Memory,
      cores: HostConfig.NanoCpus / 1e9,
      pids: HostConfig.PidsLimit ?? 0,
      networkMode: HostConfig.NetworkMode,
      pidMode: HostConfig.PidMode,
      branches: [GraphDriver.Data.UpperDir, ...GraphDriver.Data.LowerDir.split(':')].map(rename),
    })),
    podman: { id: podmanInspect.Id, pid: podmanInspect.State.Pid, memoryBytes: podmanInspect.HostConfig.Memory },
    others: Object.entries(others).map(([engine, { pid }]) => ({ engine, pid })),
    sandbox: bwrap.pid,
  };
  const inits = [...inspected.map(({ State }) => State.Pid), podmanInspect.State.Pid, bwrap.pid];
  const pids = new Set(
    [...inits, ...Object.values(others).map(({ pid }) => pid)].flatMap((pid) => [
      ...ancestorsOf(pid),
      pid,
      ...descendantsOf(pid),
    ]),
  );
  for (const pid of [process.pid, ...ancestorsOf(process.pid)]) pids.delete(pid);
  const args = [path.join(root, 'scripts/capture.ts'), `${out}.tree`, ...renames(workDir)];
  const { status } = spawnSync(process.execPath, [...args, ...[...pids].map(String)], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`the capture ended with ${status}`);
  const stores = ['docker/data/overlay2/l', 'podman/storage/overlay/l'].map((store) => path.join(workDir, store));
  const links = rename(stores.flatMap(layerLinks).join('')).replaceAll('=== /', '=== ');
  writeFileSync(`${out}.tree`, withoutForeignMounts(readFileSync(`${out}.tree`, 'utf8')) + links);
  writeFileSync(`${out}.json`, `${JSON.stringify(expected, null, 2)}\n`);
} finally {
  for (const stop of stops.reverse()) await stop();
}
