import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { encodePlan } from '../../src/runtime/plan/encode.ts';
import { planContainer } from '../../src/runtime/plan/plan-container.ts';
import { run } from '../support/command.ts';
import { containerSpec, execSpec, type Ground, type SpecChanges } from '../support/container-spec.ts';
import { spawnHelper } from '../support/helper-process.ts';
import { isGone, parentOf } from '../support/host-process.ts';
import { commandLine, freshState, makeGround, runScript, start } from '../support/own-container.ts';
import { openTerminal } from '../support/terminal.ts';
import { waitUntil } from '../support/wait-until.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const noFiles = { lock: null, log: null, exit: null };
const workDir = makeWorkDir();
let ground: Ground;

beforeAll(() => {
  ground = makeGround(workDir);
});
beforeEach(() => freshState(ground));
afterAll(() => removeWorkDir(workDir));

function startCat(changes: SpecChanges = {}) {
  return start(ground, { run: containerSpec(ground, { process: { argv: ['cat'] }, ...changes }) }, null);
}

test('hands signals on, and tells by which one it ended', async () => {
  const script = 'trap "echo caught; exit 4" USR1; echo ready; while :; do sleep 0.05; done';
  const started = start(ground, { run: containerSpec(ground, { process: { argv: ['sh', '-c', script] } }) }, '');
  await started.running;
  await started.printed('ready');
  started.launcher.kill('SIGUSR1');
  expect(await started.ended).toMatchObject({ status: 4, stdout: 'ready\ncaught\n' });
});

test('leaves a first process alone that does not care for SIGTERM, and reports SIGKILL', async () => {
  const started = startCat();
  await started.running;
  const { pid } = await started.process;
  started.launcher.kill('SIGTERM');
  await setTimeout(100);
  expect(isGone(pid)).toBe(false);
  process.kill(pid, 'SIGKILL');
  expect(await started.ended).toMatchObject({ status: 137 });
  expect(readFileSync(`${ground.state}/exit`, 'utf8')).toContain('code 137\nsignal 9\n');
});

test('reaps orphans and dies by SIGTERM with a first process of ours', async () => {
  const script = '(sleep 0.05 &) ; sleep 0.2; ps; exec sleep 60';
  const started = start(
    ground,
    { run: containerSpec(ground, { init: true, process: { argv: ['sh', '-c', script] } }) },
    '',
  );
  await started.running;
  await started.printed('{ps}');
  started.launcher.kill('SIGTERM');
  const { status, stdout } = await started.ended;
  expect(status).toBe(143);
  expect(stdout).toMatch(/ 1 root +nsview-init run test/);
  expect(stdout).not.toContain('[sleep]');
});

test('ends with the process that launched it, whatever ends that', async () => {
  const started = startCat();
  await started.running;
  const { pid } = await started.process;
  const helper = parentOf(pid);
  started.launcher.kill('SIGKILL');
  await waitUntil('the container is gone', () => isGone(pid) && isGone(helper), 1000);
  expect(readFileSync(`${ground.state}/exit`, 'utf8')).toContain('code 137\n');
});

test('ends with its helper', async () => {
  const started = startCat();
  await started.running;
  const { pid } = await started.process;
  process.kill(parentOf(pid), 'SIGKILL');
  await waitUntil('the container is gone', () => isGone(pid), 1000);
  expect((await started.ended).status).toBe(125);
});

test('leaves nothing running and nothing mounted, wherever in its start the helper is killed', async () => {
  const mark = `nsview-kill-${process.pid}`;
  const rounds = 100;
  for (let round = 0; round < rounds; round++) {
    freshState(ground);
    const process_ = { argv: ['sleep', '61'], env: ['PATH=/bin', mark] };
    const spec = containerSpec(ground, { process: process_, files: noFiles });
    const plan = encodePlan(planContainer(spec), { report: false, pause: false, detached: false });
    const helper = spawnHelper(plan);
    const ended = new Promise((resolve) => helper.on('close', resolve));
    // Lets the plan be written; then busy, since a timer is too coarse: the whole start takes a few milliseconds.
    await new Promise(setImmediate);
    const until = performance.now() + (round / rounds) * 10;
    while (performance.now() < until);
    helper.kill('SIGKILL');
    await ended;
  }
  await waitUntil('all are gone', () => withEnvironment(mark).length === 0, 1000);
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(workDir);
}, 60_000);

function withEnvironment(mark: string): readonly string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/environ`, 'utf8').includes(mark);
    } catch {
      return false;
    }
  });
}

test('stays behind as a small monitor when detached, holds the lock, logs, and tells how it ended', async () => {
  const files = { lock: `${ground.state}/lock`, log: `${ground.state}/log`, exit: `${ground.state}/exit` };
  const script = 'echo alive; trap "echo bye; exit 6" TERM; while :; do sleep 0.05; done';
  const process_ = { argv: ['sh', '-c', script] };
  const spec = containerSpec(ground, { detached: true, files, process: process_ });
  const started = start(ground, { run: spec }, '');
  const { pid } = await started.process;
  expect(await started.ended).toMatchObject({ status: 0, stdout: '' });
  await waitUntil('its output', () => existsSync(files.log) && readFileSync(files.log, 'utf8').includes('alive'));
  const monitor = parentOf(pid);
  const status = readFileSync(`/proc/${monitor}/status`, 'utf8');
  expect(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1])).toBeLessThan(1024);
  expect(readdirSync(`/proc/${monitor}/fd`).length).toBeLessThan(16);
  const second = await start(ground, { run: spec }, '').ended;
  expect(second.status).toBe(125);
  expect(second.stderr).toContain('"step":"lock","error":"EAGAIN"');
  process.kill(pid, 'SIGTERM');
  await waitUntil('its end', () => existsSync(files.exit) && isGone(monitor));
  expect(readFileSync(files.exit, 'utf8')).toContain('code 6\n');
  expect(readFileSync(files.log, 'utf8')).toMatch(/stdout F bye\n$/);
  rmSync(files.exit);
});

test('keeps every descriptor that the launcher was started with from the container', async () => {
  const process_ = { argv: ['ls', '/proc/self/fd'] };
  const line = commandLine(ground, { run: containerSpec(ground, { process: process_ }) }, '--quiet');
  const listed = await run('bash', '-c', 'exec 9</ 10</etc 33>/dev/null; exec "$@"', 'bash', ...line);
  // The last is the list itself.
  expect(listed).toBe('0\n1\n2\n3');
});

test.each([3, 4, 5, 7, 9, 12])(
  'finds no way to the host through descriptor %i as its working directory',
  async (descriptor) => {
    const { status, stdout, stderr } = await runScript(ground, 'ls', {
      process: { cwd: `/proc/self/fd/${descriptor}` },
    });
    expect({ status, stdout }).toEqual({ status: 125, stdout: '' });
    expect(stderr).toContain('"step":"cwd"');
  },
);

test('gives a terminal of its own: size, job control, interrupts, end', async () => {
  const spec = containerSpec(ground, {
    terminal: { tty: true, stdin: true },
    process: { argv: ['sh'], env: ['PATH=/bin', 'PS1=# '] },
  });
  const terminal = openTerminal({ columns: 90, rows: 20, command: commandLine(ground, { run: spec }, '--quiet') });
  try {
    await terminal.waitFor(/^# $/m);
    terminal.type('stty size; tty; stat -c %t /dev/console');
    terminal.press('enter');
    await terminal.waitFor(/20 90\n\/dev\/pts\/0\n88/);
    terminal.resize(70, 15);
    terminal.type('stty size');
    terminal.press('enter');
    await terminal.waitFor('15 70');
    terminal.type('sh -c "echo stop me; exec sleep 100"');
    terminal.press('enter');
    await terminal.waitFor(/^stop me/m);
    terminal.press('ctrl-z');
    await terminal.waitFor(/Stopped/);
    terminal.type('kill -9 %1; sh -c "echo break me; exec cat"');
    terminal.press('enter');
    await terminal.waitFor(/^break me/m);
    terminal.press('ctrl-c');
    await terminal.waitFor('^C');
    terminal.type('exit 9');
    terminal.press('enter');
    expect(await terminal.exited).toMatchObject({ exitCode: 9 });
  } finally {
    await terminal.close();
  }
});

test('gives what is executed a terminal in the container’s own devpts', async () => {
  const started = startCat();
  await started.running;
  const exec = execSpec(
    await started.process,
    { argv: ['sh'], env: ['PATH=/bin', 'PS1=# '] },
    { terminal: { tty: true, stdin: true } },
  );
  const terminal = openTerminal({ columns: 80, rows: 20, command: commandLine(ground, { exec }, '--quiet') });
  try {
    await terminal.waitFor(/^# $/m);
    terminal.type('tty; ls /dev/pts');
    terminal.press('enter');
    await terminal.waitFor(/\/dev\/pts\/0\n0 +ptmx/);
    terminal.type('exit 3');
    terminal.press('enter');
    expect(await terminal.exited).toMatchObject({ exitCode: 3 });
  } finally {
    await terminal.close();
    started.launcher.stdin?.end();
    await started.ended;
  }
});
