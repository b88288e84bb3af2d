import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launcher, nsview } from '../support/nsview.ts';
import { openTerminal, type Terminal } from '../support/terminal.ts';
import { waitUntil } from '../support/wait-until.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const TOP = '/sys/fs/cgroup/pids';
const canLimit = process.getuid?.() === 0 && existsSync(`${TOP}/cgroup.procs`);
if (!canLimit) console.log('skipped: containers that end while looked at: they need root and pids groups of version 1');

const GONE = 'gone: this is how it was last';
let terminal: Terminal;
afterEach(() => terminal?.close());

describe.skipIf(!canLimit)('a container that ends while its Cgroup tab is open', () => {
  const root = makeWorkDir();
  afterAll(async () => {
    await nsview(['--root', root, 'demo', '--rm']);
    await removeWorkDir(root);
  });

  it('is shown as it was, with the limits that it had', async () => {
    await nsview(['--root', root, 'demo', 'burn']);
    terminal = openTerminal({ columns: 100, rows: 24, command: [launcher, '--root', root] });
    await terminal.waitFor(/quit/);
    terminal.type('/demo-burn\r');
    await terminal.waitFor('▸demo-burn');
    terminal.type('\r3');
    await terminal.waitFor(/limit +0\.20 cores · its own/);
    await terminal.waitFor(/% of the limit/);
    await nsview(['--root', root, 'kill', 'demo-burn']);
    await terminal.waitFor(GONE);
    const screen = terminal.screen().join('\n');
    expect(screen).toMatch(/CPU .*% of the limit/);
    expect(screen).toMatch(/limit +0\.20 cores · its own/);
    expect(screen).not.toMatch(/limit unknown|→ max/);
  }, 30_000);
});

describe.skipIf(!canLimit)('a container that nobody reaps, whose group is removed', () => {
  const group = `nsview-unreaped-${process.pid}`;
  let parent: ChildProcess;
  let init = 0;

  beforeAll(async () => {
    mkdirSync(`${TOP}/${group}`);
    writeFileSync(`${TOP}/${group}/pids.max`, '7');
    parent = spawn('unshare', ['--pid', '--mount', '--fork', 'sleep', '1000017'], { stdio: 'ignore' });
    const children = `/proc/${parent.pid}/task/${parent.pid}/children`;
    await waitUntil('it has a child', () => readFileSync(children, 'utf8').trim() !== '');
    init = Number(readFileSync(children, 'utf8'));
    await waitUntil('it sleeps', () => readFileSync(`/proc/${init}/comm`, 'utf8') === 'sleep\n');
    writeFileSync(`${TOP}/${group}/cgroup.procs`, String(init));
  });
  afterAll(async () => {
    const ended = once(parent, 'exit');
    if (existsSync(`/proc/${init}`)) process.kill(init, 'SIGKILL');
    parent.kill('SIGKILL');
    await ended;
    await waitUntil('it is reaped', () => !existsSync(`/proc/${init}`));
    if (existsSync(`${TOP}/${group}`)) rmdirSync(`${TOP}/${group}`);
  });

  it('is shown as it was before', async () => {
    terminal = openTerminal({ columns: 100, rows: 50, command: [launcher, '--engine', 'none'] });
    await terminal.waitFor(/quit/);
    terminal.type(`/${init}\r`);
    await terminal.waitFor(/▸.*sleep/);
    terminal.type('\r3');
    const line = /^ limit +7 · its own/m;
    await terminal.waitFor(line);
    parent.kill('SIGSTOP');
    process.kill(init, 'SIGKILL');
    await waitUntil('it is a zombie', () => /\) Z/.test(readFileSync(`/proc/${init}/stat`, 'utf8')));
    rmdirSync(`${TOP}/${group}`);
    await terminal.waitFor(GONE);
    expect(terminal.screen().join('\n')).toMatch(line);
  }, 30_000);
});
