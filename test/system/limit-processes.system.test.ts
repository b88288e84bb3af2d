import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installForEverybody } from '../support/installed-copy.ts';
import { nsview } from '../support/nsview.ts';
import { type OwnStore, openOwnStore } from '../support/own-store.ts';
import { waitUntil } from '../support/wait-until.ts';

let store: OwnStore;
beforeAll(async () => {
  store = await openOwnStore();
});
afterAll(() => store.close());

it('gives a process in no container a group of its own, and takes it out again', async () => {
  const sleeper = spawn('sleep', ['600'], { stdio: 'ignore' });
  const ref = `pid:${sleeper.pid}`;
  const before = readFileSync(`/proc/${sleeper.pid}/cgroup`, 'utf8');
  const limited = await store.nsview('limit', '--explain', '--pids-limit', '5', ref);
  expect([limited.exitCode, limited.stderr]).toEqual([0, '']);
  expect(limited.stdout).toContain(`echo '${sleeper.pid}' > `);
  expect(readFileSync(`/proc/${sleeper.pid}/cgroup`, 'utf8')).toMatch(
    new RegExp(`:/nsview/pid-${sleeper.pid}-\\d+$`, 'm'),
  );
  const cgroups = '/sys/fs/cgroup';
  const released = await store.nsview('limit', '--release', ref);
  expect([released.exitCode, released.stdout]).toEqual([
    0,
    expect.stringMatching(`^${ref}: back in ${cgroups}[^\n]*$`),
  ]);
  expect(readFileSync(`/proc/${sleeper.pid}/cgroup`, 'utf8')).toBe(before);
  expect((await store.nsview('limit', '--release', ref)).stderr).toContain('in no group that nsview made');
  sleeper.kill('SIGKILL');
  expect(readdirSync(`${store.root}/processes`)).toEqual([]);
});

it.each([
  [['--cpus', '0', 'pid:1'], '--cpus 0 changes nothing\nHere it takes 0.01 to '],
  [['--cpu-period', '0', 'pid:1'], '--cpu-period 0 changes nothing\nHere it takes 1000 to 1000000 microseconds'],
  [['pid:1'], 'no limit was given'],
  [['--cpus', '1', 'pid:'], "'pid:' is no process\nGive its number"],
  [['--release', 'pid:abc'], "'pid:abc' is no process\nGive its number"],
  [['--release', 'pid:4194305'], 'pid:4194305: there is no such process\n'],
  [['--release', 'web'], 'web: only a process can be released'],
  [['-m', '1', `pid:${process.pid}`], '--memory: 1 byte is below the least'],
  [['--cpus', '1', 'pid:2'], 'pid:2: it is a thread of the kernel'],
])('says what is wrong with %j, and what to do', async (args, says) => {
  const { exitCode, stdout, stderr } = await store.nsview('limit', ...args);
  expect([exitCode === 0, stdout, stderr]).toEqual([false, '', expect.stringContaining(says)]);
});

const CPU = '/sys/fs/cgroup/cpu';

describe.skipIf(!existsSync(CPU))('a process below a group with limits', () => {
  const above = `${CPU}/nsview-above-${process.pid}`;
  let parent: ChildProcess;
  let ref = '';
  const groupOf = (pid: number | undefined) =>
    /:cpu:(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, 'utf8'))?.[1] ?? expect.fail('it is in no cpu group');
  const childOf = () =>
    Number(/^\d+/.exec(readFileSync(`/proc/${parent.pid}/task/${parent.pid}/children`, 'utf8'))?.[0]);
  const limit = (...args: readonly string[]) => store.nsview('limit', ...args);

  beforeAll(() => {
    mkdirSync(above);
    writeFileSync(`${above}/cpu.cfs_quota_us`, '30000');
    // Starts its child when it is told to.
    parent = spawn('sh', ['-c', 'read line; sleep 601 & wait'], { stdio: ['pipe', 'ignore', 'ignore'] });
    ref = `pid:${parent.pid}`;
    writeFileSync(`${above}/cgroup.procs`, String(parent.pid));
  });
  afterAll(async () => {
    parent.kill('SIGKILL');
    for (const pid of readFileSync(`${above}/cgroup.procs`, 'utf8').split('\n').filter(Boolean)) {
      if (Number(pid) !== parent.pid) process.kill(Number(pid), 'SIGKILL');
    }
    await waitUntil('the group is empty', () => readFileSync(`${above}/cgroup.procs`, 'utf8') === '');
    rmdirSync(above);
  });

  it('stays below it, and goes back with what it started, and nothing else goes', async () => {
    const was = groupOf(parent.pid);
    const first = await limit('--cpus', '0.2', ref);
    expect([first.exitCode, first.stderr]).toEqual([0, '']);
    const own = groupOf(parent.pid);
    expect(own).toMatch(new RegExp(`^${was}/pid-${parent.pid}-\\d+$`));
    expect((await limit('--cpus', 'max', ref)).exitCode).toBe(0);
    const { stdout } = await store.nsview('cgroup', ref, '--json');
    expect(JSON.parse(stdout).cgroup.cpu).toMatchObject({ limitCores: 0.3, limitedBy: was });
    expect((await limit('--cpus', '0.5', ref)).stderr).toContain('a group above may allow less');

    parent.stdin?.write('\n');
    await waitUntil('it has a child', () => childOf() > 0);
    expect(groupOf(childOf())).toBe(own);
    expect((await limit('--cpus', '0.1', `pid:${childOf()}`)).exitCode).toBe(0);
    expect(groupOf(childOf())).toMatch(new RegExp(`^${own}/pid-${childOf()}-`));
    expect((await limit('--release', ref)).stderr).toContain('Release them first');
    expect((await limit('--release', `pid:${childOf()}`)).exitCode).toBe(0);
    expect(groupOf(childOf())).toBe(own);
    const other = `${above}/other`;
    mkdirSync(other);
    const released = await limit('--release', '--explain', ref);
    expect([released.exitCode, released.stdout]).toEqual([
      0,
      `echo ${parent.pid} > ${above}/cgroup.procs\nrmdir ${CPU}${own}\n${ref}: back in ${above}`,
    ]);
    expect([groupOf(parent.pid), groupOf(childOf())]).toEqual([was, was]);
    expect([existsSync(CPU + own), existsSync(other)]).toEqual([false, true]);
    rmdirSync(other);
  });

  it('that ended leaves an empty group, which gc takes away', async () => {
    const sleeper = spawn('sleep', ['600'], { stdio: 'ignore' });
    writeFileSync(`${above}/cgroup.procs`, String(sleeper.pid));
    expect((await limit('--cpus', '0.2', `pid:${sleeper.pid}`)).exitCode).toBe(0);
    const own = CPU + groupOf(sleeper.pid);
    const ended = once(sleeper, 'exit');
    sleeper.kill('SIGKILL');
    await ended;
    expect((await store.nsview('gc')).stdout).toContain(`${own}: an empty group`);
    expect([existsSync(own), readdirSync(`${store.root}/processes`)]).toEqual([false, []]);
  });

  it('is left as it was where the kernel refuses the limit', async () => {
    const before = readFileSync(`/proc/${parent.pid}/cgroup`, 'utf8');
    const refused = await limit('--cpus', '0.5', '--pids-limit', '9', ref);
    expect([refused.exitCode, refused.stderr]).toEqual([1, expect.stringContaining('a group above may allow less')]);
    expect(readFileSync(`/proc/${parent.pid}/cgroup`, 'utf8')).toBe(before);
    expect(readdirSync(above).filter((name) => name.startsWith('pid-'))).toEqual([]);
    expect(readdirSync(`${store.root}/processes`)).toEqual([]);
  });

  it('is refused to an ordinary user with the reason, and nothing is written', async () => {
    const nobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] as const;
    const home = `${store.workDir}/nobody`;
    const before = readFileSync(`/proc/${parent.pid}/cgroup`, 'utf8');
    const command = [...nobody, installForEverybody(store.workDir), '--root', home, '--engine', 'none'] as const;
    const refused = await nsview(['limit', '--cpus', '0.2', ref], command);
    expect([refused.exitCode, refused.stdout, refused.stderr]).toEqual([
      1,
      '',
      `nsview: ${above}: it cannot be written (EACCES)\nRun it as root.`,
    ]);
    expect(readFileSync(`/proc/${parent.pid}/cgroup`, 'utf8')).toBe(before);
    expect(existsSync(home)).toBe(false);
  });
});
