import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { CgroupSpec } from '../../src/runtime/cgroup-spec.ts';
import { launch } from '../../src/runtime/launch.ts';
import { planContainer } from '../../src/runtime/plan/plan-container.ts';
import { planExec } from '../../src/runtime/plan/plan-exec.ts';
import type { ProcessRef } from '../../src/runtime/spec.ts';
import { containerSpec, execSpec, type Ground, plainDevices, type SpecChanges } from '../support/container-spec.ts';
import { freshState, makeGround } from '../support/own-container.ts';
import { groupFile, openOwnStore } from '../support/own-store.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const workDir = makeWorkDir();
const parent = '/sys/fs/cgroup/nsview-test';
const group = `${parent}/one`;
let ground: Ground;

beforeAll(() => {
  ground = makeGround(workDir);
  mkdirSync(parent);
});
beforeEach(() => freshState(ground));
afterAll(() => removeWorkDir(workDir));

const cgroup: CgroupSpec = {
  directories: [group],
  writes: [
    { file: '/sys/fs/cgroup/nsview-test/cgroup.subtree_control', value: '+pids +memory', optional: false },
    { file: `${group}/pids.max`, value: '20', optional: false },
  ],
  devices: null,
  joins: [{ version: 2, directory: group }],
  finals: [`${group}/pids.max`],
  removes: [group],
  parents: [],
};
const cgroupMount = {
  kind: 'filesystem',
  fsType: 'cgroup2',
  source: 'cgroup',
  target: '/sys/fs/cgroup',
  flags: ['ro', 'nosuid', 'nodev', 'noexec'],
  options: [],
  optional: false,
} as const;

/** Runs a script, in this process; what it printed comes from its log. */
async function run(script: string, changes: SpecChanges = {}, onProcess: (process: ProcessRef) => void = () => {}) {
  const files = { lock: null, log: `${ground.state}/log`, exit: `${ground.state}/exit` };
  const process = { argv: ['sh', '-c', script], ...changes.process };
  const mounts = [...containerSpec(ground).mounts, cgroupMount];
  const spec = containerSpec(ground, { cgroup, mounts, files, ...changes, process });
  const outcome = await launch(planContainer(spec), { verb: 'run', name: 'test', detached: false, onProcess });
  const log = existsSync(files.log) ? readFileSync(files.log, 'utf8') : '';
  return { outcome, printed: log.split('\n').map((line) => line.split(' ').slice(3).join(' ')) };
}

it('a container is born in its group of version 2, which it sees as the root', async () => {
  const { outcome, printed } = await run('cat /proc/self/cgroup /sys/fs/cgroup/pids.max; exit 7');
  expect(outcome).toEqual({ kind: 'ended', code: 7, signal: null });
  expect(printed).toEqual(['0::/', '20', '']);
  expect(existsSync(group)).toBe(false);
  expect(readFileSync(`${ground.state}/exit`, 'utf8')).toContain(`file 3 ${group}/pids.max\n20\n`);
});

it('layers are laid over each other by a kernel that knows no single ones', async () => {
  const { printed } = await run('echo mine > /root/new; cat /etc/passwd; grep -c lowerdir /proc/mounts');
  expect(printed).toEqual(['root:x:0:0:root:/root:/bin/sh', '1', '']);
  expect(readFileSync(`${ground.state}/upper/root/new`, 'utf8')).toBe('mine\n');
});

it('the limit of processes holds', async () => {
  const { printed } = await run('exec 2>&1; for i in $(seq 30); do sleep 1 & done | head -c 60');
  expect(printed.join(' ')).toContain("can't fork");
});

it('what is executed later joins the stored group', async () => {
  const exec = async (target: ProcessRef) => {
    const spec = execSpec(
      target,
      { argv: ['sh', '-c', 'grep -q : /proc/self/cgroup && kill -TERM 1'] },
      { joins: cgroup.joins },
    );
    return launch(planExec(spec), { verb: 'exec', name: 'test', detached: false });
  };
  const executed: Promise<unknown>[] = [];
  const script = 'trap "exit 5" TERM; while :; do sleep 0.05; done';
  const files = { lock: null, log: null, exit: null };
  const spec = containerSpec(ground, { cgroup, files, process: { argv: ['sh', '-c', script] } });
  let first: ProcessRef | null = null;
  const outcome = await launch(planContainer(spec), {
    verb: 'run',
    name: 'test',
    detached: false,
    onProcess: (process) => {
      first = process;
    },
    onRunning: () => {
      if (first !== null) executed.push(exec(first));
    },
  });
  expect(await Promise.all(executed)).toEqual([{ kind: 'ended', code: 0, signal: null }]);
  expect(outcome).toEqual({ kind: 'ended', code: 5, signal: null });
});

const map = [{ inside: 0, outside: 100_000, count: 65_536 }];

it('a user namespace is refused where the file system of the layers cannot show other ids', async () => {
  const { outcome } = await run('true', {
    namespaces: { pid: 'new', net: 'new', uts: 'new', ipc: 'new', cgroup: 'new', user: 'new' },
    userMaps: { uid: map, gid: map, setgroups: true, idmapLayers: true },
    devices: plainDevices.map((device) => ({ ...device, bindFrom: `/dev/${device.path}` })),
  });
  expect(outcome).toMatchObject({ kind: 'failed', code: 125, error: 'EINVAL' });
  expect(outcome).toHaveProperty('detail', expect.stringContaining('shows no mapped ids'));
  expect(existsSync(group)).toBe(false);
});

it('a container goes from start to removal, limited, changed, frozen and swept by the files of version 2', async () => {
  const store = await openOwnStore();
  const start = async (name: string) => {
    const limits = ['-m', '64m', '--pids-limit', '20', '--cpus', '0.5'];
    const script = 'trap "exit 3" TERM; while :; do sleep 0.1; done';
    const { stdout, stderr, exitCode } = await store.run(['-d', '--name', name, ...limits], 'sh', '-c', script);
    expect([exitCode, stderr]).toEqual([0, '']);
    return stdout;
  };
  const id = await start('life');
  const files = (...names: readonly string[]) => names.map((name) => groupFile(store, id, name));
  const limits = ['memory.max', 'pids.max', 'cpu.max'];
  expect(files(...limits)).toEqual([String(64 * 2 ** 20), '20', '50000 100000']);

  const changed = await store.nsview('limit', '-m', '96m', '--pids-limit', '30', '--cpus', '0.25', 'life@nsview');
  expect(changed).toMatchObject({ exitCode: 0, stderr: '' });
  expect(changed.stdout).toContain(`/memory.max: ${64 * 2 ** 20} -> ${96 * 2 ** 20}\n`);
  expect(files(...limits)).toEqual([String(96 * 2 ** 20), '30', '25000 100000']);

  if (readFileSync('/sys/fs/cgroup/cgroup.controllers', 'utf8').split(/\s/).includes('cpuset')) {
    const pinned = await store.nsview('limit', '--cpuset-cpus', '0', 'life@nsview');
    expect(pinned).toMatchObject({ exitCode: 0, stderr: '' });
    expect(files('cpuset.cpus')).toEqual(['0']);
  } else {
    globalThis.process.stderr.write('this kernel has no cpuset controller: --cpuset-cpus is not tried live\n');
  }

  await store.nsview('pause', 'life@nsview');
  expect(files('cgroup.events')[0]).toContain('frozen 1');
  await store.nsview('unpause', 'life@nsview');
  expect(files('cgroup.events')[0]).toContain('frozen 0');

  expect(await store.nsview('stop', 'life@nsview')).toMatchObject({ exitCode: 0, stderr: '' });
  expect(await store.nsview('wait', id)).toMatchObject({ stdout: '3' });
  expect(existsSync(`/sys/fs/cgroup${store.parent}/${id}`)).toBe(false);

  const lost = await start('lost');
  const { monitor } = JSON.parse(readFileSync(`${store.root}/containers/${lost}/state.json`, 'utf8'));
  globalThis.process.kill(monitor.pid, 'SIGKILL');
  expect(await store.nsview('gc')).toMatchObject({
    exitCode: 0,
    stdout: 'lost: it lost its helper, and counts as killed',
  });
  expect(existsSync(`/sys/fs/cgroup${store.parent}/${lost}`)).toBe(false);
  await store.clear();
  expect(store.remains()).toEqual([]);
  await store.close();
});
