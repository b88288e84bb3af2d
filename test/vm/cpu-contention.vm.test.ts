import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { cgroupOutputSchema } from '../../src/model/document/outputs.ts';
import { nsviewJson } from '../support/nsview.ts';
import { waitUntil } from '../support/wait-until.ts';

const TOP = '/sys/fs/cgroup/contention';

const counter = (group: string, key: string) =>
  Number(new RegExp(`^${key} (\\d+)$`, 'm').exec(readFileSync(`${TOP}/${group}/cpu.stat`, 'utf8'))?.[1]);
const cpuOf = async ({ pid }: ChildProcess) =>
  (await nsviewJson(cgroupOutputSchema, ['cgroup', `pid:${pid}`])).cgroup?.cpu ?? expect.fail('no figures');

const processes: ChildProcess[] = [];
const groups: string[] = [];

/** A program in a group of its own. */
function startIn(group: string, script: string): ChildProcess {
  mkdirSync(`${TOP}/${group}`, { recursive: true });
  writeFileSync(`${TOP}/cgroup.subtree_control`, '+cpu');
  groups.push(`${TOP}/${group}`);
  const started = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
  processes.push(started);
  writeFileSync(`${TOP}/${group}/cgroup.procs`, String(started.pid));
  return started;
}

afterAll(async () => {
  for (const each of processes) each.kill('SIGKILL');
  for (const group of [...groups, TOP]) {
    await waitUntil(`${group} is empty`, () => readFileSync(`${group}/cgroup.events`, 'utf8').includes('populated 0'));
    rmdirSync(group);
  }
});

describe('on one CPU', () => {
  it('groups share it as their weights are, and no limit is claimed', async () => {
    const [light, heavy] = [startIn('light', 'for (;;) {}'), startIn('heavy', 'for (;;) {}')];
    writeFileSync(`${TOP}/heavy/cpu.weight`, '300');
    const before = ['light', 'heavy'].map((group) => counter(group, 'usage_usec'));
    const used = () => ['light', 'heavy'].map((group, index) => counter(group, 'usage_usec') - (before[index] ?? 0));
    await waitUntil('both ran for a while', () => used().every((us) => us > 500_000));
    const [lightUs = 0, heavyUs = 0] = used();
    expect(heavyUs / lightUs).toBeCloseTo(3, 0);
    const [least, most] = [await cpuOf(light), await cpuOf(heavy)];
    expect([least.weight, most.weight]).toEqual([100, 300]);
    expect([least.limitCores, most.limitCores, least.throttledPeriods]).toEqual(['max', 'max', 0]);
    expect((most.usageCores ?? 0) / (least.usageCores ?? 1)).toBeGreaterThan(1.5);
    for (const each of [light, heavy]) each.kill('SIGKILL');
  });

  it('work that comes in bursts waits although it is below its quota on average; a burst of the quota lets it', async () => {
    // 30 ms of work four times a second is 0.12 cores.
    const work = 'const end = process.cpuUsage(); while (process.cpuUsage(end).user < 30e3);';
    const bursty = startIn('bursty', `setInterval(() => { ${work} }, 250)`);
    const periods = () => counter('bursty', 'nr_throttled');
    writeFileSync(`${TOP}/bursty/cpu.max`, '20000 100000');
    await waitUntil('it was throttled', () => periods() > 3);
    const cut = await cpuOf(bursty);
    expect(cut).toMatchObject({ limitCores: 0.2, burstUs: 0 });
    expect(cut.throttledPeriods).toBeGreaterThan(0);
    expect(cut.usageCores).toBeLessThan(0.2);
    writeFileSync(`${TOP}/bursty/cpu.max.burst`, '20000');
    const bursts = () => counter('bursty', 'nr_bursts');
    const before = bursts();
    await waitUntil('bursts were let through', () => bursts() > before + 3);
    const throttled = periods();
    await waitUntil('more of them were', () => bursts() > before + 8);
    expect(periods() - throttled).toBeLessThanOrEqual(1);
    expect(await cpuOf(bursty)).toMatchObject({ limitCores: 0.2, burstUs: 20_000 });
  });
});
