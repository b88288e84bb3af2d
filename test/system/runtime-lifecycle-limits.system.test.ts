import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { totalmem } from 'node:os';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { run as command } from '../support/command.ts';
import { cgroupRoots } from '../support/engines/cgroup-sweep.ts';
import { busyboxImage, dockerClient } from '../support/engines/docker.ts';
import { limitFiles } from '../support/limit-files.ts';
import { groupFile, type OwnStore, openOwnStore } from '../support/own-store.ts';
import { waitUntil } from '../support/wait-until.ts';

const lane = inject('docker');
const engine = lane === null ? null : dockerClient(lane.socket, lane.configDir);
let store: OwnStore;
beforeAll(async () => {
  store = await openOwnStore();
});
afterAll(async () => {
  expect(store.remains()).toEqual([]);
  await store.close();
});

const remove = (name: string) => store.nsview('rm', '-f', name);

const LIMITS = [
  '--cpus',
  '0.5',
  '--cpu-shares',
  '512',
  '-m',
  '64m',
  '--memory-reservation',
  '32m',
  '--pids-limit',
  '20',
];
const FILES = [...limitFiles, 'cpuset.cpus', 'devices.list'];

describe.skipIf(engine === null || !cgroupRoots().some((mount) => mount.endsWith('/memory')))('limits', () => {
  const docker = engine as NonNullable<typeof engine>;
  const dockerFile = (id: string, file: string) => {
    const place = cgroupRoots()
      .map((mount) => `${mount}/docker/${id}/${file}`)
      .find((path) => {
        try {
          return readFileSync(path, 'utf8') !== undefined;
        } catch {
          return false;
        }
      });
    return place === undefined ? null : readFileSync(place, 'utf8').trim();
  };

  it('are what Docker writes for the same flags, at the start and live', async () => {
    const flags = [...LIMITS, '--cpuset-cpus', '0'];
    const ours = await store.startNamed('limited', flags, 'sleep', '600');
    const theirs = await docker('run', '-d', ...flags, busyboxImage, 'sleep', '600');
    const both = () => FILES.map((file) => [file, groupFile(store, ours, file), dockerFile(theirs, file)]);
    for (const [file, our, their] of both()) {
      // Each has a rule more or less for nodes that nobody opens.
      if (file !== 'devices.list') expect([file, our]).toEqual([file, their]);
    }
    const update = [
      '--cpus',
      '1.5',
      '--memory',
      '128m',
      '--memory-swap',
      '256m',
      '--pids-limit',
      '40',
      '--cpu-shares',
      '2048',
    ];
    expect((await store.nsview('limit', ...update, 'limited')).exitCode).toBe(0);
    await docker('update', ...update, theirs);
    for (const [file, our, their] of both()) {
      if (file !== 'devices.list') expect([file, our]).toEqual([file, their]);
    }
    await docker('rm', '-f', theirs);
    await remove('limited');
  });

  it('are lifted by max, raised past the swap limit, and refused where more is in use', async () => {
    const id = await store.startNamed(
      'moving',
      LIMITS,
      'sh',
      '-c',
      'dd if=/dev/zero of=/dev/shm/f bs=1M count=40 2>/dev/null; sleep 600',
    );
    await waitUntil('it uses memory', () => Number(groupFile(store, id, 'memory.usage_in_bytes')) > 40 << 20);
    const lowered = await store.nsview('limit', '-m', '8m', 'moving');
    expect([lowered.exitCode, lowered.stderr]).toEqual([1, expect.stringContaining('more than that is in use')]);
    expect((await store.nsview('limit', '-m', '512m', 'moving')).exitCode).toBe(0);
    expect(groupFile(store, id, 'memory.memsw.limit_in_bytes')).toBe(String(1 << 30));
    expect((await store.nsview('limit', '--cpus', 'max', '--pids-limit', 'max', '-m', 'max', 'moving')).exitCode).toBe(
      0,
    );
    expect(groupFile(store, id, 'cpu.cfs_quota_us')).toBe('-1');
    expect(groupFile(store, id, 'pids.max')).toBe('max');
    const refused = await store.nsview('--read-only', 'limit', '--cpus', '1', 'moving');
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('--read-only is set')]);
    await remove('moving');
  });

  it('are of CPUs too where none were asked for at the start', async () => {
    const id = await store.startNamed('anywhere', [], 'sh', '-c', 'sleep 601 & exec sleep 600');
    expect((await store.nsview('limit', '--cpuset-cpus', '0', 'anywhere')).exitCode).toBe(0);
    expect(groupFile(store, id, 'cpuset.cpus')).toBe('0');
    const allowed = 'grep -h Cpus_allowed_list /proc/1/status /proc/self/status';
    expect((await store.nsview('exec', 'anywhere', 'sh', '-c', allowed)).stdout.replaceAll('\t', ' ')).toBe(
      'Cpus_allowed_list: 0\nCpus_allowed_list: 0',
    );
    await remove('anywhere');
  });

  it('above what the host has are refused, at the start and live', async () => {
    const host = { memory: totalmem(), cpus: Number(await command('getconf', '_NPROCESSORS_ONLN')) };
    const id = await store.startNamed('modest', ['--cpus', '0', '--cpu-shares', '0', '-m', '0'], 'sleep', '600');
    expect(['cpu.cfs_quota_us', 'cpu.shares'].map((file) => groupFile(store, id, file))).toEqual(['-1', '1024']);
    const megabytes = Math.floor(host.memory / 2 ** 20);
    const cases: readonly (readonly [readonly string[], string])[] = [
      [['-m', `${megabytes + 1}m`], `--memory: ${megabytes + 1}m is asked for and this host has ${megabytes}m`],
      [['--cpus', String(host.cpus + 1)], `--cpus: ${host.cpus + 1} CPUs are asked for and this host has ${host.cpus}`],
      [['--cpuset-cpus', String(host.cpus)], `--cpuset-cpus: ${host.cpus} is asked for and this host has 0`],
      [['--pids-limit', '4194305'], '--pids-limit: 4194305 is not a number of processes from 1 to 4194304'],
      [['--cpus', '0.001'], '--cpus is a number of CPUs such as 0.5, at least 0.01, or max'],
    ];
    for (const [flags, why] of cases) {
      const started = await store.run(['--rm', ...flags], 'true');
      expect([started.exitCode, started.stderr]).toEqual([125, expect.stringContaining(why)]);
      const limited = await store.nsview('limit', ...flags, 'modest');
      expect([limited.exitCode, limited.stderr]).toEqual([expect.any(Number), expect.stringContaining(why)]);
      expect(limited.exitCode).toBeGreaterThan(0);
    }
    expect((await store.nsview('limit', '-m', `${megabytes}m`, 'modest')).exitCode).toBe(0);
    await remove('modest');
  });

  it('tell at the end when they were reached', async () => {
    const hungry = await store.run(
      ['--rm', '-m', '16m', '--memory-swap', '16m'],
      'sh',
      '-c',
      'dd if=/dev/zero of=/dev/null bs=64M count=1; true',
    );
    expect(hungry.stderr).toContain('memory ran out: the kernel killed a process');
    const busy = await store.run(
      ['--rm', '--cpus', '0.1'],
      'sh',
      '-c',
      'i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done',
    );
    expect(busy.stderr).toMatch(/CPU was withheld in \d+ of \d+ periods/);
    const calm = await store.run(['--rm', '-m', '64m', '--cpus', '1'], 'true');
    expect(calm.stderr).toBe('');
    await store.run(
      ['-d', '--name', 'unwatched', '--cpus', '0.1'],
      'sh',
      '-c',
      'i=0; while [ $i -lt 60000 ]; do i=$((i+1)); done; exit 3',
    );
    const waited = await store.nsview('wait', 'unwatched');
    expect(waited.stdout).toBe('3');
    expect(waited.stderr).toMatch(/^nsview: unwatched: CPU was withheld in \d+ of \d+ periods/);
    expect((await store.nsview('inspect', 'unwatched')).stdout).toMatch(/^ *ended +with status 3, /m);
    await remove('unwatched');
  });

  it('change on another engine’s container, which exec enters with no more than it has', async () => {
    const name = `theirs-${process.pid}`;
    const id = await docker('run', '-d', '--name', name, '--cap-drop', 'ALL', busyboxImage, 'sleep', '600');
    const engineFlag = ['--engine', `docker=${lane?.socket}`];
    // By its engine, which would bring its own figures back with the next restart.
    const limited = await store.nsview(
      ...engineFlag,
      'limit',
      '--explain',
      '--pids-limit',
      '33',
      '--cpus',
      '0.5',
      name,
    );
    expect([limited.exitCode, limited.stderr]).toEqual([0, '']);
    expect(limited.stdout.split('\n')[0]).toBe(
      `docker -H unix://${lane?.socket} update --cpus 0.5 --pids-limit 33 ${name}`,
    );
    expect(limited.stdout).toMatch(/pids\.max: max -> 33$/m);
    expect(await docker('inspect', '-f', '{{.HostConfig.PidsLimit}} {{.HostConfig.NanoCpus}}', name)).toBe(
      '33 500000000',
    );
    expect(dockerFile(id, 'pids.max')).toBe('33');
    const none = ['-m', 'max', '--memory-swap', 'max', '--pids-limit', 'max'];
    const lifted = await store.nsview(...engineFlag, 'limit', '--explain', ...none, name);
    expect([lifted.exitCode, lifted.stderr, dockerFile(id, 'pids.max')]).toEqual([0, '', 'max']);
    const [, , , ...words] = lifted.stdout.split('\n')[0]?.split(' ') ?? [];
    expect(await docker(...words)).toBe(name);
    await docker('update', '--pids-limit', '33', name);
    const unheard = await store.nsview('--engine', 'none', 'limit', '--pids-limit', '34', id);
    expect([unheard.exitCode, unheard.stderr]).toEqual([
      1,
      expect.stringMatching(/docker must do this: .*\nName its socket with --engine docker=SOCKET\.$/),
    ]);
    const entered = await store.nsview(
      ...engineFlag,
      'exec',
      name,
      'sh',
      '-c',
      'hostname; grep CapBnd /proc/self/status',
    );
    expect(entered.stdout).toBe(`${id.slice(0, 12)}\nCapBnd:\t0000000000000000`);
    expect((await store.nsview(...engineFlag, 'pause', name)).exitCode).toBe(0);
    expect(await docker('inspect', '-f', '{{.State.Status}}', name)).toMatch(/running|paused/);
    expect((await store.nsview(...engineFlag, 'unpause', name)).exitCode).toBe(0);
    await docker('rm', '-f', name);
  });
});

const SHARED = ['freezer', 'pids'].map((controller) => `/sys/fs/cgroup/${controller}/shared-${process.pid}`);

it.skipIf(!existsSync('/sys/fs/cgroup/freezer'))('does nothing to a group that holds others too', async () => {
  for (const group of SHARED) {
    mkdirSync(group);
  }
  const join = SHARED.map((group) => `echo $$ > ${group}/cgroup.procs`).join('; ');
  const script = `${join}; sleep 601 & exec unshare --fork --pid --mount --mount-proc --kill-child sleep 602`;
  const shell = spawn('sh', ['-c', script], { stdio: 'ignore' });
  const members = () => readFileSync(`${SHARED[0]}/cgroup.procs`, 'utf8').trim().split('\n').filter(Boolean);
  const argumentsOf = (pid: string) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
  try {
    await waitUntil('all of them run', () => members().some((pid) => argumentsOf(pid) === 'sleep 602'));
    const ref = `pid:${members().find((pid) => argumentsOf(pid) === 'sleep 602')}`;
    const paused = await store.nsview('pause', ref);
    expect(paused.stderr).toContain('other processes, which would freeze too');
    expect(readFileSync(`${SHARED[0]}/freezer.state`, 'utf8')).toBe('THAWED\n');
    const limited = await store.nsview('limit', '--pids-limit', '9', ref);
    expect(limited.stderr).toContain('other processes, which would be limited too');
    expect(readFileSync(`${SHARED[1]}/pids.max`, 'utf8')).toBe('max\n');
  } finally {
    for (const pid of [...members(), String(shell.pid)]) {
      process.kill(Number(pid), 'SIGKILL');
    }
    await waitUntil('they ended', () => members().length === 0);
    for (const group of SHARED) {
      rmdirSync(group);
    }
  }
});
