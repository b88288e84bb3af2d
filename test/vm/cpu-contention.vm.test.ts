import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
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
  const started = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
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
    // Three times as much, but for turns of a few milliseconds that one of them had last.
    expect(heavyUs / lightUs).toBeGreaterThan(2);
    expect(heavyUs / lightUs).toBeLessThan(4);
    const [least, most] = [await cpuOf(light), await cpuOf(heavy)];
    expect([least.weight, most.weight]).toEqual([100, 300]);
    expect([least.limitCores, most.limitCores, least.throttledPeriods]).toEqual(['max', 'max', 0]);
    expect((most.usageCores ?? 0) / (least.usageCores ?? 1)).toBeGreaterThan(1.5);
    for (const each of [light, heavy]) each.kill('SIGKILL');
  });

  it('work that comes in bursts waits although it is below its quota on average; a burst of the quota lets it', async () => {
    // 30 ms of work twice a second is 0.06 cores, and what Node itself takes.
    const work = 'const end = process.cpuUsage(); while (process.cpuUsage(end).user < 30e3);';
    const bursty = startIn('bursty', `setInterval(() => { ${work} console.log() }, 500)`);
    // What its start takes is no burst of its work.
    await once(bursty.stdout ?? expect.fail('it says nothing'), 'data');
    const periods = () => counter('bursty', 'nr_throttled');
    writeFileSync(`${TOP}/bursty/cpu.max`, '20000 100000');
    const [startUs, startMs] = [counter('bursty', 'usage_usec'), performance.now()];
    await waitUntil('it was throttled', () => periods() > 3);
    const usedMs = (counter('bursty', 'usage_usec') - startUs) / 1000;
    expect(usedMs / (performance.now() - startMs)).toBeLessThan(0.2);
    const cut = await cpuOf(bursty);
    expect(cut).toMatchObject({ limitCores: 0.2, burstUs: 0 });
    expect(cut.throttledPeriods).toBeGreaterThan(0);
    writeFileSync(`${TOP}/bursty/cpu.max.burst`, '20000');
    const bursts = () => counter('bursty', 'nr_bursts');
    const [before, throttled] = [bursts(), periods()];
    await waitUntil('bursts were let through', () => bursts() > before + 7);
    // Without it every one of them was cut.
    expect(periods() - throttled).toBeLessThan((bursts() - before) / 2);
    expect(await cpuOf(bursty)).toMatchObject({ limitCores: 0.2, burstUs: 20_000 });
  });
});
