import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { buildCgroup } from '../../src/model/cgroup/build-cgroup.ts';
import type { Cgroup } from '../../src/model/document/cgroup.ts';
import { valueOr } from '../../src/model/reading.ts';
import { finish } from '../../src/model/steps.ts';
import { cgroupLayout } from '../../src/probes/cgroup/layout.ts';
import { openCgroupReader } from '../../src/probes/cgroup/read-cgroup.ts';
import { openHost } from '../../src/probes/open-host.ts';
import { parseProcCgroup } from '../../src/probes/proc/cgroup.ts';
import { readMountinfo } from '../../src/probes/proc/mountinfo.ts';
import { busyboxImage, dockerClient } from '../support/engines/docker.ts';
import { waitUntil } from '../support/wait-until.ts';

const MIB = 2 ** 20;
const host = openHost();
const layout = cgroupLayout(valueOr(readMountinfo(host, 'self'), []));
afterAll(() => host.close());

const membershipsOf = (pid: number) => valueOr(parseProcCgroup(readFileSync(`/proc/${pid}/cgroup`, 'utf8')), []);

/** The document's figures of a process's group; with rates if time passes between two readings. */
async function figures(pid: number, milliseconds = 0): Promise<Cgroup> {
  if (layout.kind === 'none') throw new Error('no cgroups');
  const reader = openCgroupReader(host);
  const memberships = [membershipsOf(pid)];
  const [before] = milliseconds > 0 ? finish(reader.read(layout, memberships)) : [];
  await setTimeout(milliseconds);
  const [sample] = finish(reader.read(layout, memberships));
  finish(reader.read(layout, []));
  if (sample == null) throw new Error('no sample');
  return buildCgroup(sample, before ?? null, layout.kind).cgroup;
}

const isV1 = process.getuid?.() === 0 && ['cpu', 'memory', 'pids'].every((controller) => controller in layout.v1);

describe.skipIf(!isV1)('a process in groups of our own, the limits on their parent', () => {
  const controllers = ['cpu', 'cpuacct', 'memory', 'pids', 'freezer'].filter((name) => name in layout.v1);
  const parent = `/nsview-test-${process.pid}`;
  const path = `${parent}/inner`;
  const directory = (controller: string, group: string) => `${layout.v1[controller]?.mountPoint}${group}`;
  const write = (controller: string, group: string, file: string, value: string) =>
    writeFileSync(`${directory(controller, group)}/${file}`, value);
  const raw = (controller: string, file: string) =>
    readFileSync(`${directory(controller, path)}/${file}`, 'utf8').trim();
  const rawValue = (controller: string, file: string, key: string) =>
    Number(new RegExp(`^${key} (\\d+)$`, 'm').exec(raw(controller, file))?.[1]);
  let busy: ChildProcess | undefined;
  let pid: number;

  beforeAll(async () => {
    for (const controller of controllers) mkdirSync(directory(controller, path), { recursive: true });
    write('cpu', parent, 'cpu.cfs_quota_us', '20000');
    write('memory', parent, 'memory.limit_in_bytes', String(80 * MIB));
    write('memory', path, 'memory.limit_in_bytes', String(128 * MIB));
    write('pids', parent, 'pids.max', '12');
    write('pids', path, 'pids.max', '40');
    const join = controllers.map((controller) => `echo 0 > ${directory(controller, path)}/cgroup.procs`).join(' && ');
    const use = 'text=$(head -c 10000000 /dev/zero | tr "\\0" a); sleep 1000007 & echo ready; while :; do :; done';
    busy = spawn('sh', ['-c', `${join} && ${use}`], { stdio: ['ignore', 'pipe', 'inherit'] });
    pid = busy.pid ?? 0;
    const { stdout } = busy;
    if (stdout === null) throw new Error('no output');
    await once(stdout, 'data');
  });

  afterAll(async () => {
    for (const member of raw('pids', 'cgroup.procs').split('\n').map(Number)) {
      // 0 would be our own process group.
      if (member > 0) process.kill(member, 'SIGKILL');
    }
    if (busy?.exitCode === null && busy.signalCode === null) await once(busy, 'exit');
    for (const group of [path, parent]) {
      for (const controller of controllers) {
        await waitUntil(`${controller}:${group} is empty`, () => {
          try {
            rmdirSync(directory(controller, group));
            return true;
          } catch {
            return !existsSync(directory(controller, group));
          }
        });
      }
    }
  });

  it('limits are the parent’s, and its path says so', async () => {
    const { cpu, memory, pids, files } = await figures(pid);
    expect(cpu).toMatchObject({ limitCores: 0.2, limitedBy: parent, quotaUs: 'max' });
    expect(memory).toMatchObject({ limitBytes: 80 * MIB, limitedBy: parent });
    expect(memory.limitBytes).toBe(rawValue('memory', 'memory.stat', 'hierarchical_memory_limit'));
    expect(pids).toMatchObject({ limit: 12, limitedBy: parent, current: Number(raw('pids', 'pids.current')) });
    expect(files['pids.limit']).toBe(`${directory('pids', parent)}/pids.max`);
  });

  it('counters lie between two readings of the same file', async () => {
    const usage = () => Number(raw('cpuacct', 'cpuacct.usage')) / 1000;
    const before = usage();
    const { cpu, memory } = await figures(pid);
    const after = usage();
    expect(cpu.usageUs).toBeGreaterThanOrEqual(before);
    expect(cpu.usageUs).toBeLessThanOrEqual(after);
    expect(memory.anonBytes).toBeGreaterThan(10_000_000);
    expect(Math.abs((memory.usageBytes ?? 0) - Number(raw('memory', 'memory.usage_in_bytes')))).toBeLessThan(MIB);
  });

  it('the rate is what the file says over the same time, and throttling is the parent’s', async () => {
    const usage = () => Number(raw('cpuacct', 'cpuacct.usage')) / 1000;
    const [start, startedAt] = [usage(), performance.now()];
    const { cpu, warnings } = await figures(pid, 2000);
    const cores = (usage() - start) / (performance.now() - startedAt) / 1000;
    expect(cpu.usageCores).toBeGreaterThan(cores * 0.9);
    expect(cpu.usageCores).toBeLessThan(cores * 1.1);
    expect(cpu.usageCores).toBeLessThan(0.25);
    expect(cpu.throttledPercent).toBeGreaterThan(50);
    expect(warnings).toContain(`cpu: the throttling shown is that of ${parent}, which imposes the limit`);
  });

  it('the parent has less room left than the limit leaves', async () => {
    const join = `echo 0 > ${directory('pids', parent)}/cgroup.procs`;
    const neighbour = spawn('sh', ['-c', `${join}; sleep 1000008 & echo $!; exec sleep 1000008`]);
    const [line] = await once(neighbour.stdout, 'data');
    write('pids', path, 'pids.max', '5');
    write('pids', parent, 'pids.max', '6');
    const { pids, warnings } = await figures(pid);
    write('pids', path, 'pids.max', '40');
    write('pids', parent, 'pids.max', '12');
    const exited = once(neighbour, 'exit');
    process.kill(Number(String(line)), 'SIGKILL');
    neighbour.kill('SIGKILL');
    await exited;
    // Two processes of its own and two neighbours: 5 − 2 against 6 − 4.
    expect(pids).toEqual({ limit: 5, limitedBy: path, current: 2 });
    expect(warnings).toContain(`pids: ${parent} has room for 2 more, less than the limit shown leaves`);
  });

  it('frozen and thawed', async () => {
    expect((await figures(pid)).frozen).toBe(false);
    write('freezer', path, 'freezer.state', 'FROZEN');
    await waitUntil('it is frozen', async () => (await figures(pid)).frozen === true);
    write('freezer', path, 'freezer.state', 'THAWED');
    expect((await figures(pid)).frozen).toBe(false);
  });

  it('a removed group is gone, its descriptors are closed', async () => {
    const short = `${path}/short`;
    mkdirSync(directory('pids', short));
    const reader = openCgroupReader(host);
    const memberships = [[{ hierarchy: 1, controllers: ['pids'], path: short, deleted: false }]];
    expect(finish(reader.read(layout, memberships))[0]?.pids.current.reading).toEqual({ status: 'ok', value: 0 });
    const open = readdirSync('/proc/self/fd').length;
    rmdirSync(directory('pids', short));
    expect(finish(reader.read(layout, memberships))[0]?.pids.current.reading).toEqual({ status: 'gone' });
    finish(reader.read(layout, []));
    expect(readdirSync('/proc/self/fd').length).toBeLessThan(open);
  });

  it('a group that was made anew at its place, as by a restart, is read anew', () => {
    const again = `${path}/again`;
    const reader = openCgroupReader(host);
    const memberships = [[{ hierarchy: 1, controllers: ['pids'], path: again, deleted: false }]];
    const limit = () => finish(reader.read(layout, memberships))[0]?.pids.limits?.[0]?.reading;
    for (const most of [7, 9]) {
      mkdirSync(directory('pids', again));
      write('pids', again, 'pids.max', String(most));
      // The sample that finds the old one gone knows nothing of the new one yet.
      const [, second] = [limit(), limit()];
      expect(second).toEqual({ status: 'ok', value: most });
      if (most === 7) rmdirSync(directory('pids', again));
    }
    finish(reader.read(layout, []));
    rmdirSync(directory('pids', again));
  });
});

const lane = inject('docker');

describe.skipIf(lane === null || !isV1)('a Docker container with limits', () => {
  const name = 'nsview-cgroup-limits';
  let docker: ReturnType<typeof dockerClient>;
  let pid: number;
  /** A whole disk: partitions have no limits of their own. */
  const disk = readdirSync('/sys/block').find((entry) => existsSync(`/dev/${entry}`) && !/^(?:loop|ram)/.test(entry));

  beforeAll(async () => {
    if (lane === null) return;
    docker = dockerClient(lane.socket, lane.configDir);
    const limits = ['-m', '64m', '--memory-swap', '96m', '--memory-reservation', '32m', '--cpus', '0.5'];
    const throttle = disk === undefined ? [] : ['--device-read-bps', `/dev/${disk}:1mb`];
    await docker('run', '-d', '--name', name, ...limits, ...throttle, busyboxImage, 'sleep', '1000009');
    pid = Number(await docker('inspect', '-f', '{{.State.Pid}}', name));
  });
  afterAll(async () => {
    await docker?.('rm', '-f', name);
  });

  it('swap is what is allowed beyond memory', async () => {
    const { memory, cpu } = await figures(pid);
    expect(memory).toMatchObject({ limitBytes: 64 * MIB, swapLimitBytes: 32 * MIB, softLimitBytes: 32 * MIB });
    expect(cpu.limitCores).toBe(0.5);
  });

  it.skipIf(disk === undefined)('a device’s limit', async () => {
    const device = readFileSync(`/sys/block/${disk}/dev`, 'utf8').trim();
    const { io } = await figures(pid);
    expect(io.limits).toEqual([
      expect.objectContaining({ device, readBytesPerSecond: MIB, writeBytesPerSecond: 'max' }),
    ]);
  });

  it('docker update and docker pause show at once', async () => {
    await docker('update', '--cpus', '0.25', '-m', '48m', '--memory-swap', '48m', '--pids-limit', '9', name);
    const { memory, cpu, pids } = await figures(pid);
    expect(memory).toMatchObject({ limitBytes: 48 * MIB, swapLimitBytes: 0 });
    expect(cpu.limitCores).toBe(0.25);
    expect(pids.limit).toBe(9);
    await docker('pause', name);
    expect((await figures(pid)).frozen).toBe(true);
    await docker('unpause', name);
    expect((await figures(pid)).frozen).toBe(false);
  });
});
