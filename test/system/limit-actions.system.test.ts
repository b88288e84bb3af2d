import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refusing } from '../../src/actions/open-actions.ts';
import { type Desk, openDesk } from '../support/desk.ts';
import { cgroupRoots } from '../support/engines/cgroup-sweep.ts';
import { startUnshare, unshareIsMissing } from '../support/engines/foreground.ts';
import type { StartedContainer } from '../support/engines/started.ts';
import { limitFiles } from '../support/limit-files.ts';
import { groupFile, type OwnStore, openOwnStore } from '../support/own-store.ts';
import { waitUntil } from '../support/wait-until.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const isRoot = process.getuid?.() === 0;
const hasLegacyMemory = cgroupRoots().some((mount) => mount.endsWith('/memory'));

describe.skipIf(!isRoot || !hasLegacyMemory)('limits of a container of ours', () => {
  let store: OwnStore;
  let desk: Desk;
  let id = '';

  beforeAll(async () => {
    store = await openOwnStore();
    const options = ['-d', '--name', 'nsview-limited', '--cpus', '0.2', '-m', '64m', '--pids-limit', '20'];
    const { stdout, stderr } = await store.run(options, 'sleep', '600');
    expect(stderr).toBe('');
    id = stdout.trim();
    desk = openDesk({ kind: 'none' }, store.root);
  });
  afterAll(async () => {
    desk.close();
    await store.close();
  });

  const own = () => desk.find((container) => container.id === id);
  const files = () => limitFiles.map((file) => groupFile(store, id, file));

  it('change at once, are read back, and go back step by step to what the files said', async () => {
    const states = [files()];
    for (const [key, text] of [
      ['cpus', '0.5'],
      ['cpuQuota', '30000 50000'],
      ['cpuShares', '512'],
      ['memory', '128m'],
      ['memorySwap', '256m'],
      ['memory', 'max'],
      ['memory', '32m'],
      ['memoryReservation', '16m'],
      ['pids', 'max'],
    ] as const) {
      const { offer, result } = await desk.limit(own(), key, text);
      expect([key, text, offer.asks, offer.disabledReason, result.ok, result.says]).toEqual([
        key,
        text,
        false,
        null,
        true,
        expect.stringContaining('limited '),
      ]);
      expect(files()).not.toEqual(states.at(-1));
      states.push(files());
    }
    expect(groupFile(store, id, 'cpu.cfs_period_us')).toBe('50000');
    await waitUntil('the limit is read again', () => own().cgroup?.pids.limit === 'max');
    for (let left = states.pop(); states.length > 0; left = states.pop()) {
      expect(files()).toEqual(left);
      expect((await desk.undo(own())).result).toMatchObject({ ok: true });
      expect(files()).toEqual(states.at(-1));
    }
    const nothing = await desk.undo(own());
    expect([nothing.offer.disabledReason, nothing.result.ok]).toEqual([
      expect.stringContaining('no change of its limits'),
      false,
    ]);
  });

  it('are shown as they are, also when somebody else changes them, and what is typed is checked', async () => {
    const container = own();
    expect(desk.actions.form(container, 'cpus')).toMatchObject({
      now: '0.2',
      allowed: expect.stringMatching(/^0\.01 to /),
    });
    const place = `/sys/fs/cgroup/cpu${store.parent}/${id}/cpu.cfs_quota_us`;
    writeFileSync(place, '40000');
    expect(desk.actions.form(container, 'cpus').now).toBe('0.4');
    await waitUntil('the limit is read again', () => own().cgroup?.cpu.limitCores === 0.4);
    expect(desk.offerOf(container, 'cpus', '0.5').offer.calls).toContain(`${place}: 40000 -> 50000`);
    writeFileSync(place, '20000');
    for (const [key, text, why] of [
      ['cpus', '', 'type what'],
      ['cpus', '99999', 'this host has'],
      ['cpus', 'x', 'a number of CPUs'],
      ['memory', '1k', 'below the least'],
      ['pids', '0', 'a whole number'],
      ['cpuShares', '1', 'not within 2 and'],
      ['readRate', '/dev/null:1m', 'no block device'],
    ] as const) {
      expect([key, text, desk.offerOf(container, key, text).offer.disabledReason]).toEqual([
        key,
        text,
        expect.stringContaining(why),
      ]);
    }
    const before = files();
    const refused = refusing(desk.actions, 'nothing is changed: nsview was started with --read-only');
    const { target, offer } = desk.offerOf(container, 'cpus', '0.5', { ...desk.actions, ...refused });
    expect(offer.disabledReason).toContain('--read-only');
    expect(await refused.perform(target, offer)).toMatchObject({ ok: false });
    expect(files()).toEqual(before);
  });

  it('that the kernel refuses leave everything as it was', async () => {
    const parent = `/sys/fs/cgroup/cpu${store.parent}/cpu.cfs_quota_us`;
    writeFileSync(parent, '60000');
    const before = files();
    expect((await desk.limit(own(), 'cpus', '1')).result).toMatchObject({
      ok: false,
      says: expect.stringContaining('a group above may allow less'),
    });
    expect(files()).toEqual(before);
    writeFileSync(parent, '-1');
  });

  it('are refused once it is gone', async () => {
    const last = own();
    const { target, offer } = desk.offerOf(last, 'cpus', '0.5');
    await store.nsview('rm', '-f', 'nsview-limited');
    expect(desk.offerOf(last, 'cpus', '0.5').offer.disabledReason).not.toBeNull();
    expect((await desk.actions.perform(target, offer)).ok).toBe(false);
    expect(desk.actions.form(last, 'cpus').now).toBeNull();
  });
});

const CPU = '/sys/fs/cgroup/cpu';
const group = `${CPU}/nsview-limits-${process.pid}`;

describe.skipIf(unshareIsMissing || !isRoot || !existsSync(CPU))('limits of what no engine answers for', () => {
  const workDir = makeWorkDir();
  let desk: Desk;
  let started: StartedContainer;
  let busy: ChildProcess;

  beforeAll(async () => {
    mkdirSync(group);
    started = await startUnshare(workDir, 'limits', '--pid', '--mount');
    writeFileSync(`${group}/cgroup.procs`, `${started.pid}`);
    busy = spawn('sleep', ['600'], { stdio: 'ignore' });
    desk = openDesk({ kind: 'none' }, `${workDir}/store`);
  });
  afterAll(async () => {
    desk.close();
    busy.kill('SIGKILL');
    await started.stop();
    await waitUntil('the group is empty', () => readFileSync(`${group}/cgroup.procs`, 'utf8') === '');
    rmdirSync(group);
    await removeWorkDir(workDir);
  });

  const found = () => desk.find(({ init }) => init?.pid === started.pid);
  const quota = () => readFileSync(`${group}/cpu.cfs_quota_us`, 'utf8').trim();

  it('ask before the file is written, and do what was confirmed or nothing', async () => {
    const { target, offer } = desk.offerOf(found(), 'cpus', '0.5');
    expect(offer).toMatchObject({ asks: true, disabledReason: null });
    expect(offer.calls).toContain(`${group}/cpu.cfs_quota_us: max -> 50000`);
    expect(offer.calls.join()).not.toContain('cfs_period_us');
    expect(desk.offerOf(found(), 'cpus', 'max').offer.disabledReason).toBe('it is so already');
    writeFileSync(`${group}/cpu.cfs_quota_us`, '30000');
    expect(await desk.actions.perform(target, offer)).toMatchObject({
      ok: false,
      says: expect.stringContaining('look at it again'),
    });
    expect(quota()).toBe('30000');
    expect((await desk.limit(found(), 'cpus', '0.5')).result).toMatchObject({ ok: true });
    expect(quota()).toBe('50000');
    expect(desk.offerOf(found(), 'cpus', 'max').offer.calls).toContain(`${group}/cpu.cfs_quota_us: 50000 -> -1 (max)`);
    expect((await desk.undo(found())).offer).toMatchObject({ asks: true });
    expect(quota()).toBe('30000');
    writeFileSync(`${group}/cpu.cfs_period_us`, '50000');
    expect((await desk.limit(found(), 'cpus', '0.5')).result).toMatchObject({ ok: true });
    expect((await desk.undo(found())).offer.command).toMatch(/ limit --cpu-quota 30000 --cpu-period 50000 pid:\d+$/);
    writeFileSync(`${group}/cpu.cfs_period_us`, '100000');
  });

  it('are refused where strangers would be limited too', async () => {
    const stranger = await startUnshare(workDir, 'stranger', '--pid', '--mount');
    try {
      writeFileSync(`${group}/cgroup.procs`, `${stranger.pid}`);
      expect(desk.offerOf(found(), 'cpus', '0.5').offer.disabledReason).toContain('would be limited too');
    } finally {
      await stranger.stop();
    }
  });

  it('put a process in no container into a group of its own, and back', async () => {
    const pid = busy.pid ?? expect.fail('it did not start');
    const process = () => desk.find(({ init }) => init?.pid === pid, [pid]);
    const groups = () => readFileSync(`/proc/${pid}/cgroup`, 'utf8');
    const before = groups();
    const { offer, result } = await desk.limit(process(), 'cpus', '0.2');
    expect([offer.asks, result.ok]).toEqual([true, true]);
    const own = /:cpu[^:]*:(\/nsview\/pid-\d+-\d+)$/m.exec(groups())?.[1] ?? expect.fail(groups());
    const said = (file: string) => readFileSync(`${CPU}${own}/${file}`, 'utf8').trim();
    expect(said('cpu.cfs_quota_us')).toBe('20000');
    expect((await desk.limit(process(), 'cpus', '0.5')).result.ok).toBe(true);
    expect((await desk.limit(process(), 'pids', '50')).result.ok).toBe(true);
    expect(groups()).toMatch(/:pids:\/nsview\/pid-/);
    // Of two groups of its own the last one goes, by what is named as well as by the key.
    const [byHand] = desk.actions.offers({ kind: 'undo', container: process() });
    execFileSync('sh', ['-c', byHand?.command ?? '']);
    expect(groups()).not.toMatch(/:pids:\/nsview\/pid-/);
    expect((await desk.undo(process())).result.ok).toBe(true);
    expect((await desk.limit(process(), 'pids', '50')).result.ok).toBe(true);
    expect((await desk.undo(process())).result.ok).toBe(true);
    expect(groups()).not.toMatch(/:pids:\/nsview\/pid-/);
    expect(said('cpu.cfs_quota_us')).toBe('50000');
    const second = await desk.undo(process());
    expect([second.offer.command, second.result.ok]).toEqual([
      expect.stringMatching(new RegExp(` limit --cpus 0\\.2 pid:${pid}$`)),
      true,
    ]);
    expect(said('cpu.cfs_quota_us')).toBe('20000');
    const last = await desk.undo(process());
    expect([last.offer.command, last.result.ok]).toEqual([expect.stringMatching(/ limit --release pid:\d+$/), true]);
    expect(groups()).toBe(before);
    expect(existsSync(`${CPU}${own}`)).toBe(false);
  });
});
