import { appendFileSync, existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildCgroup } from '../../src/model/cgroup/build-cgroup.ts';
import type { Cgroup } from '../../src/model/document/cgroup.ts';
import { valueOr } from '../../src/model/reading.ts';
import { finish } from '../../src/model/steps.ts';
import { cgroupLayout } from '../../src/probes/cgroup/layout.ts';
import { openCgroupReader } from '../../src/probes/cgroup/read-cgroup.ts';
import { openHost } from '../../src/probes/open-host.ts';
import { parseProcCgroup } from '../../src/probes/proc/cgroup.ts';
import { readMountinfo } from '../../src/probes/proc/mountinfo.ts';
import { run } from '../support/command.ts';
import { waitUntil } from '../support/wait-until.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';
import { type CrunContainer, startCrun } from './v2-containers.ts';

const MIB = 2 ** 20;
const host = openHost();
const layout = cgroupLayout(valueOr(readMountinfo(host, 'self'), []));
const workDir = makeWorkDir();
const containers: CrunContainer[] = [];

async function start(...args: Parameters<typeof startCrun> extends [string, ...infer Rest] ? Rest : never) {
  const container = await startCrun(workDir, ...args);
  containers.push(container);
  return container;
}

const membershipsOf = (pid: number) => valueOr(parseProcCgroup(readFileSync(`/proc/${pid}/cgroup`, 'utf8')), []);
const raw = (group: string, file: string) => readFileSync(path.join(group, file), 'utf8').trim();
const rawValue = (group: string, file: string, key: string) =>
  Number(new RegExp(`^${key} (\\d+)$`, 'm').exec(raw(group, file))?.[1]);

/** The document's figures of a process's group; with rates if time passes between two readings. */
async function figures(pid: number, milliseconds = 0): Promise<Cgroup> {
  const reader = openCgroupReader(host);
  const memberships = [membershipsOf(pid)];
  const [before] = milliseconds > 0 ? finish(reader.read(layout, memberships)) : [];
  await setTimeout(milliseconds);
  const [sample] = finish(reader.read(layout, memberships));
  if (sample == null) throw new Error('no sample');
  finish(reader.read(layout, []));
  return buildCgroup(sample, before ?? null, 'unified').cgroup;
}

afterAll(async () => {
  for (const container of containers) await container.stop();
  host.close();
  await removeWorkDir(workDir);
});

it('the layout is unified', () => {
  expect(layout).toEqual({ kind: 'unified', v1: {}, v2: { mountPoint: '/sys/fs/cgroup', root: '/' } });
});

describe('a crun container with limits', () => {
  let container: CrunContainer;
  beforeAll(async () => {
    container = await start(
      'limited',
      '/limited',
      {
        cpu: { quota: 20_000, period: 100_000, shares: 512 },
        memory: { limit: 64 * MIB },
        pids: { limit: 20 },
        unified: { 'memory.high': String(48 * MIB), 'memory.low': String(8 * MIB) },
      },
      ['sh', '-c', 'dd if=/dev/zero of=/dev/shm/f bs=1M count=8 2>/dev/null; while :; do :; done'],
    );
  });

  it('limits are those of the files, and its own', async () => {
    const { cpu, memory, pids, version, paths } = await figures(container.pid);
    expect({ version, paths }).toEqual({ version: 2, paths: { unified: '/limited' } });
    expect(raw(container.group, 'cpu.max')).toBe('20000 100000');
    expect(cpu).toMatchObject({ limitCores: 0.2, limitedBy: '/limited', quotaUs: 20_000, periodUs: 100_000 });
    expect(cpu.weight).toBe(Number(raw(container.group, 'cpu.weight')));
    expect(cpu.shares).toBeNull();
    expect(memory).toMatchObject({
      limitBytes: Number(raw(container.group, 'memory.max')),
      limitedBy: '/limited',
      highBytes: 48 * MIB,
      lowBytes: 8 * MIB,
    });
    expect(pids).toMatchObject({ limit: 20, limitedBy: '/limited' });
  });

  it('use is that of the files at the same time', async () => {
    await waitUntil('8 MiB are written', async () => ((await figures(container.pid)).memory.fileBytes ?? 0) >= 8 * MIB);
    const before = rawValue(container.group, 'cpu.stat', 'usage_usec');
    const { cpu, memory, pids } = await figures(container.pid);
    const after = rawValue(container.group, 'cpu.stat', 'usage_usec');
    expect(cpu.usageUs).toBeGreaterThanOrEqual(before);
    expect(cpu.usageUs).toBeLessThanOrEqual(after);
    expect(Math.abs((memory.usageBytes ?? 0) - Number(raw(container.group, 'memory.current')))).toBeLessThan(MIB);
    expect(memory.workingSetBytes).toBeLessThanOrEqual(memory.usageBytes ?? 0);
    expect(memory.kernelBytes).toBeGreaterThan(0);
    expect(pids.current).toBe(Number(raw(container.group, 'pids.current')));
  });

  it('a busy loop uses its quota and is throttled in most periods', async () => {
    const { cpu } = await figures(container.pid, 3000);
    expect(cpu.usageCores).toBeGreaterThan(0.1);
    expect(cpu.usageCores).toBeLessThan(0.3);
    expect(cpu.ofLimitPercent).toBeCloseTo(((cpu.usageCores ?? 0) / 0.2) * 100, 6);
    expect(cpu.throttledPercent).toBeGreaterThan(50);
    expect(cpu.throttledPeriods).toBeGreaterThan(0);
  });

  it('crun update shows at once', async () => {
    await container.crun(
      'update',
      '--memory',
      String(96 * MIB),
      '--pids-limit',
      '30',
      '--cpu-quota',
      '40000',
      'limited',
    );
    const { cpu, memory, pids } = await figures(container.pid);
    expect(cpu.limitCores).toBe(0.4);
    expect(memory.limitBytes).toBe(96 * MIB);
    expect(pids.limit).toBe(30);
  });

  it('crun pause freezes it', async () => {
    const frozen = async () => (await figures(container.pid)).frozen === true;
    expect(await frozen()).toBe(false);
    await container.crun('pause', 'limited');
    // A process that waits for its quota stops when it runs next.
    await waitUntil('it is frozen', frozen);
    expect(raw(container.group, 'cgroup.events')).toContain('frozen 1');
    await container.crun('resume', 'limited');
    await waitUntil('it is thawed', async () => !(await frozen()));
  });
});

describe('below groups with tighter limits', () => {
  const slice = '/sys/fs/cgroup/tight.slice';
  let container: CrunContainer;
  beforeAll(async () => {
    mkdirSync(slice);
    for (const controller of ['cpu', 'memory', 'pids', 'io']) {
      appendFileSync(`${slice}/cgroup.subtree_control`, `+${controller}`);
    }
    writeFileSync(`${slice}/memory.max`, String(40 * MIB));
    writeFileSync(`${slice}/pids.max`, '15');
    writeFileSync(`${slice}/cpu.max`, '10000 100000');
    container = await start('inner', '/tight.slice/inner', {
      cpu: { quota: 50_000, period: 100_000 },
      memory: { limit: 64 * MIB },
      pids: { limit: 100 },
    });
  });
  afterAll(async () => {
    await containers.pop()?.stop();
    rmdirSync(slice);
  });

  it('the effective limits are the ancestor’s', async () => {
    const { cpu, memory, pids, warnings, files } = await figures(container.pid);
    expect(cpu).toMatchObject({ limitCores: 0.1, limitedBy: '/tight.slice', quotaUs: 50_000 });
    expect(memory).toMatchObject({ limitBytes: 40 * MIB, limitedBy: '/tight.slice' });
    expect(pids).toMatchObject({ limit: 15, limitedBy: '/tight.slice' });
    expect(files['memory.limitBytes']).toBe(`${slice}/memory.max`);
    expect(warnings).toEqual(['cpu: the throttling shown is that of /tight.slice, which imposes the limit']);
  });

  it('a process in a group below, without controllers, as crun makes it under systemd', async () => {
    const below = path.join(container.group, 'container');
    mkdirSync(below);
    writeFileSync(path.join(below, 'cgroup.procs'), String(container.pid));
    expect(existsSync(path.join(below, 'memory.current'))).toBe(false);
    const { memory, pids, paths, warnings } = await figures(container.pid);
    expect(paths['unified']).toBe('/tight.slice/inner/container');
    expect(memory.limitBytes).toBe(40 * MIB);
    expect(memory.usageBytes).toBeGreaterThan(0);
    expect(pids.current).toBe(1);
    expect(warnings).toContain('memory: not enabled for this group; the figures are those of /tight.slice/inner');
    writeFileSync(path.join(container.group, 'cgroup.procs'), String(container.pid));
    rmdirSync(below);
  });
});

it('counts what was killed for want of memory', async () => {
  const hungry = ['sh', '-c', 'tail /dev/zero; exec sleep 1000000'];
  const container = await start('hungry', '/hungry', { memory: { limit: 16 * MIB } }, hungry);
  await waitUntil('a process is killed', () => rawValue(container.group, 'memory.events', 'oom_kill') > 0);
  const { memory } = await figures(container.pid);
  expect(memory.oomKills).toBe(rawValue(container.group, 'memory.events', 'oom_kill'));
  expect(memory.failCount).toBeGreaterThan(0);
});

it('reads of a block device, and their limit', async () => {
  const image = path.join(workDir, 'image');
  writeFileSync(image, Buffer.alloc(4 * MIB));
  const device = (await run('losetup', '--find', '--show', image)).trim();
  const number = readFileSync(`/sys/block/${path.basename(device)}/dev`, 'utf8').trim();
  const container = await start('reader', '/reader', { unified: { 'io.max': `${number} rbps=${64 * MIB} wiops=100` } });
  const read = `echo 0 > ${container.group}/cgroup.procs && exec dd if=${device} of=/dev/null bs=64k count=16 iflag=direct`;
  await run('sh', '-c', read);
  const { io } = await figures(container.pid);
  await run('losetup', '-d', device);
  expect(io.limits).toEqual([
    {
      device: number,
      readBytesPerSecond: 64 * MIB,
      writeBytesPerSecond: 'max',
      readOpsPerSecond: 'max',
      writeOpsPerSecond: 100,
    },
  ]);
  expect(io).toMatchObject({ readBytes: MIB, readOps: 16, writeBytes: 0 });
  expect(io.devices).toEqual([expect.objectContaining({ device: number, readBytes: MIB })]);
});

it('in the root group nothing is limited and nothing is its own', async () => {
  // A kernel thread: all of them are in the root group.
  const { cpu, memory, pids, pressure, warnings } = await figures(2);
  expect(cpu).toMatchObject({ usageUs: null, limitCores: 'max', limitedBy: null, periods: null });
  expect(memory).toMatchObject({ usageBytes: null, limitBytes: 'max' });
  expect(pids).toEqual({ current: null, limit: 'max', limitedBy: null });
  expect(pressure).toBeNull();
  expect(warnings).toHaveLength(1);
});

it('a removed group is gone', async () => {
  const container = await startCrun(workDir, 'short', '/short', { pids: { limit: 5 } });
  const reader = openCgroupReader(host);
  const memberships = [membershipsOf(container.pid)];
  expect(finish(reader.read(layout, memberships))[0]?.pids.current.reading).toEqual({ status: 'ok', value: 1 });
  await container.stop();
  await waitUntil('the group is removed', () => !existsSync(container.group));
  for (let tick = 0; tick < 3; tick += 1) {
    expect(finish(reader.read(layout, memberships))[0]?.pids.current.reading).toEqual({ status: 'gone' });
  }
});
