import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cgroupOutputSchema } from '../../src/model/document/outputs.ts';
import { type Desk, openDesk } from '../support/desk.ts';
import { nsviewJson } from '../support/nsview.ts';
import { type OwnStore, openOwnStore } from '../support/own-store.ts';
import { waitUntil } from '../support/wait-until.ts';
import { type CrunContainer, startCrun } from './v2-containers.ts';

const MIB = 2 ** 20;
const TOP = '/sys/fs/cgroup';
const FILES = ['cpu.max', 'cpu.weight', 'memory.max', 'memory.low', 'pids.max'];
const contents = (group: string) => FILES.map((file) => readFileSync(`${group}/${file}`, 'utf8').trim());

let store: OwnStore;
let desk: Desk;
beforeAll(async () => {
  store = await openOwnStore();
  desk = openDesk({ kind: 'none' }, store.root);
});
afterAll(async () => {
  desk.close();
  await store.close();
});

describe('limits of a container of ours', () => {
  let id = '';
  const own = () => desk.find((container) => container.id === id);
  const group = () => `${TOP}${store.parent}/${id}`;

  beforeAll(async () => {
    const options = ['-d', '--name', 'limited', '--cpus', '0.2', '-m', '64m', '--pids-limit', '20'];
    const { stdout, stderr } = await store.run(options, 'sleep', '600');
    expect(stderr).toBe('');
    id = stdout;
  });

  it('change at once, and go back step by step to what the files said', async () => {
    const states = [contents(group())];
    for (const [key, text, file, kept] of [
      ['cpus', '0.5', 'cpu.max', '50000 100000'],
      ['cpuQuota', '30000 50000', 'cpu.max', '30000 50000'],
      ['cpuShares', '2', 'cpu.weight', '1'],
      ['memory', '128m', 'memory.max', String(128 * MIB)],
      ['memoryReservation', '16m', 'memory.low', String(16 * MIB)],
      ['pids', 'max', 'pids.max', 'max'],
    ] as const) {
      const { offer, result } = await desk.limit(own(), key, text);
      expect([key, offer.asks, offer.disabledReason, result.ok]).toEqual([key, false, null, true]);
      states.push(contents(group()));
      expect(states.at(-1)?.[FILES.indexOf(file)]).toBe(kept);
    }
    for (let left = states.pop(); states.length > 0; left = states.pop()) {
      expect(contents(group())).toEqual(left);
      expect((await desk.undo(own())).result).toMatchObject({ ok: true });
      expect(contents(group())).toEqual(states.at(-1));
    }
  });

  it('are shown as somebody else changes them; a quota below its burst is refused with the reason', async () => {
    writeFileSync(`${group()}/cpu.max`, '40000 100000');
    writeFileSync(`${group()}/cpu.max.burst`, '20000');
    writeFileSync(`${group()}/cpu.weight`, '300');
    expect(desk.actions.form(own(), 'cpus').now).toBe('0.4');
    expect(own().cgroup?.cpu).toMatchObject({ limitCores: 0.4, quotaUs: 40_000, burstUs: 20_000, weight: 300 });
    expect(desk.offerOf(own(), 'cpus', '0.5').offer.calls).toContain(
      `${group()}/cpu.max: 40000 100000 -> 50000 100000`,
    );
    const { result } = await desk.limit(own(), 'cpus', '0.1');
    expect(result).toMatchObject({ ok: false, says: expect.stringContaining('its burst') });
    expect(contents(group())[0]).toBe('40000 100000');
  });

  it('end with it: the form says so, and nothing is done', async () => {
    const last = own();
    const { target, offer } = desk.offerOf(last, 'cpus', '0.5');
    await store.nsview('rm', '-f', id);
    expect(desk.offerOf(last, 'cpus', '0.5').offer.disabledReason).not.toBeNull();
    expect((await desk.actions.perform(target, offer)).ok).toBe(false);
    expect(desk.actions.form(last, 'cpus').now).toBeNull();
  });
});

describe('below a group with limits', () => {
  const slice = `${TOP}/tight.slice`;
  const service = `${slice}/web.service`;
  const crowded = `${TOP}/crowded`;
  let container: CrunContainer;
  let sleeper: ChildProcess;
  let other: ChildProcess;
  const pid = () => sleeper.pid ?? expect.fail('it did not start');
  const bare = () => desk.find(({ init }) => init?.pid === pid(), [pid()]);
  const where = () => readFileSync(`/proc/${pid()}/cgroup`, 'utf8').trim().slice('0::'.length);
  const groups = () => readdirSync(slice, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? [e.name] : []));

  beforeAll(async () => {
    mkdirSync(slice);
    writeFileSync(`${slice}/cgroup.subtree_control`, '+memory +pids');
    writeFileSync(`${slice}/pids.max`, '15');
    container = await startCrun(store.workDir, 'limits', '/tight.slice/inner', { pids: { limit: 10 } });
    mkdirSync(service);
    writeFileSync(`${service}/memory.max`, String(64 * MIB));
    mkdirSync(`${crowded}/below`, { recursive: true });
    sleeper = spawn('sleep', ['600'], { stdio: 'ignore' });
    other = spawn('sleep', ['600'], { stdio: 'ignore' });
    writeFileSync(`${crowded}/cgroup.procs`, String(other.pid));
  });
  afterAll(async () => {
    sleeper.kill('SIGKILL');
    other.kill('SIGKILL');
    await container.stop();
    for (const group of [`${crowded}/below`, crowded, service, slice]) {
      await waitUntil(
        `${group} is empty`,
        () => !readFileSync(`${group}/cgroup.events`, 'utf8').includes('populated 1'),
      );
      rmdirSync(group);
    }
  });

  it('a container of crun is changed by its files after a question, within what is above, and back', async () => {
    const theirs = () => desk.find(({ init }) => init?.pid === container.pid);
    const before = contents(container.group);
    const { offer, result } = await desk.limit(theirs(), 'pids', '50');
    expect([offer.asks, offer.calls, result.ok]).toEqual([true, [`${container.group}/pids.max: 10 -> 50`], true]);
    expect(theirs().cgroup?.pids).toMatchObject({ limit: 15, limitedBy: '/tight.slice' });
    expect((await desk.limit(theirs(), 'cpus', '0.3')).result.ok).toBe(true);
    expect(contents(container.group)[0]).toBe('30000 100000');
    for (let step = 0; step < 2; step += 1) expect((await desk.undo(theirs())).result.ok).toBe(true);
    expect(contents(container.group)).toEqual(before);
  });

  it('a bare process gets a group beside its own, with the limits of both, and goes back', async () => {
    writeFileSync(`${service}/cgroup.procs`, String(pid()));
    const { offer, result } = await desk.limit(bare(), 'cpus', '0.2');
    expect([offer.disabledReason, offer.asks, result.ok]).toEqual([null, true, true]);
    expect(where()).toMatch(new RegExp(`^/tight.slice/pid-${pid()}-\\d+$`));
    expect(contents(TOP + where())).toEqual(['20000 100000', '100', String(64 * MIB), '0', 'max']);
    const { cgroup } = await nsviewJson(cgroupOutputSchema, ['cgroup', `pid:${pid()}`]);
    expect(cgroup).toMatchObject({
      cpu: { limitCores: 0.2 },
      memory: { limitBytes: 64 * MIB },
      pids: { limit: 15, limitedBy: '/tight.slice' },
    });
    expect((await desk.limit(bare(), 'memory', '32m')).result.ok).toBe(true);
    expect((await desk.undo(bare())).result.ok).toBe(true);
    expect(contents(TOP + where())[2]).toBe(String(64 * MIB));
    const said = (await store.nsview('limit', '--release', '--explain', `pid:${pid()}`)).stdout;
    expect(said).toMatch(new RegExp(`^echo ${pid()} > ${service}/cgroup.procs\\nrmdir ${slice}/pid-`));
    expect(where()).toBe('/tight.slice/web.service');
    expect(groups()).toEqual(['inner', 'web.service']);
  });

  it('is refused where a group above has processes itself, and leaves nothing', async () => {
    writeFileSync(`${crowded}/below/cgroup.procs`, String(pid()));
    expect(desk.offerOf(bare(), 'cpus', '0.2').offer.disabledReason).toContain(
      `${crowded} cannot pass on cpu: it has processes itself`,
    );
    const { exitCode, stderr } = await store.nsview('limit', '--cpus', '0.2', `pid:${pid()}`);
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('it has processes itself')]);
    expect(readdirSync(crowded).filter((name) => name.startsWith('pid-'))).toEqual([]);
    expect(existsSync(`${store.root}/processes`) ? readdirSync(`${store.root}/processes`) : []).toEqual([]);
    expect(where()).toBe('/crowded/below');
  });
});
