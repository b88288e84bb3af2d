import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HEADER_BYTES } from '../../src/recording/block.ts';
import { type BusyProcess, startBusyProcess } from '../support/busy-process.ts';
import { installForEverybody } from '../support/installed-copy.ts';
import { launcher, nsview } from '../support/nsview.ts';
import { snapshotsOf } from '../support/recorded.ts';
import { openTerminal, type Terminal } from '../support/terminal.ts';
import { waitUntil } from '../support/wait-until.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const CPU = '/sys/fs/cgroup/cpu';
const canLimit = process.getuid?.() === 0 && existsSync(CPU);
if (!canLimit) console.log('skipped: limits in a terminal: they need root and a cpu hierarchy of version 1');

const root = makeWorkDir();
let terminal: Terminal;
afterEach(() => terminal?.close());
afterAll(async () => {
  if (canLimit) await nsview(['--root', root, 'demo', '--rm']);
  await removeWorkDir(root);
});

/** The cores that the selected container uses, as the tab has it. */
const USE = /^.use +(\d+\.\d+) cores/m;
const coresIn = (screen: readonly string[]) => Number(USE.exec(screen.join('\n'))?.[1] ?? Number.NaN);

/** Types a limit into the form of the selected line, and waits until the line has it. */
async function limitTo(cores: string, line: string): Promise<void> {
  terminal.press('enter');
  await terminal.waitFor('takes      a number of CPUs');
  // In one read, as from a paste.
  terminal.type(`9\x15${cores}`);
  await terminal.waitFor(new RegExp(`new +${cores} `));
  terminal.press('enter');
  await terminal.waitFor(line);
}

describe.skipIf(!canLimit)('the demonstration: a whole core, a fifth of one, half of one', () => {
  it('on the burn demo, from the dashboard, with its recording beside', async () => {
    await nsview(['--root', root, 'demo', 'burn']);
    const quota = async () => {
      const { stdout } = await nsview(['--root', root, 'cgroup', 'demo-burn', '--json']);
      const { files } = JSON.parse(stdout).cgroup;
      return readFileSync(files['cpu.quotaUs'], 'utf8').trim();
    };
    const file = `${root}/recorded`;
    /** The recorder looks once a second, and each limit is to be seen. */
    const recorded = (cores: number | 'max') =>
      waitUntil(`${cores} is recorded`, () => {
        const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
        const last = size > HEADER_BYTES ? snapshotsOf(file, 1).at(-1) : undefined;
        return last?.containers.find(({ name }) => name === 'demo-burn')?.cgroup?.cpu.limitCores === cores;
      });
    const recorder = spawn(launcher, ['--root', root, 'record', file], { stdio: 'ignore' });
    terminal = openTerminal({ columns: 80, rows: 24, command: [launcher, '--root', root] });
    await terminal.waitFor(/quit/);
    terminal.type('/demo-burn\r');
    await terminal.waitFor('▸demo-burn');
    terminal.type('a');
    await terminal.waitFor('6 limit');
    terminal.type('6');
    await terminal.waitFor(/▸limit +0\.20 cores · its own/);
    await terminal.waitFor('↵ change');
    await recorded(0.2);
    await limitTo('max', 'CPU          no limit');
    expect(await quota()).toBe('-1');
    await recorded('max');
    await limitTo('0.2', '▸limit        0.20 cores');
    expect(await quota()).toBe('20000');
    await recorded(0.2);
    await terminal.waitFor((screen) => coresIn(screen) < 0.23);
    await limitTo('0.5', '▸limit        0.50 cores');
    expect(await quota()).toBe('50000');
    await recorded(0.5);
    await terminal.waitFor((screen) => coresIn(screen) < 0.55);
    await terminal.waitFor(/limit 0\.20 → 0\.50 at \d\d:\d\d:\d\d/);
    terminal.type('u');
    await terminal.waitFor('▸limit        0.20 cores');
    expect(await quota()).toBe('20000');
    await recorded(0.2);
    const ended = once(recorder, 'exit');
    recorder.kill('SIGINT');
    await ended;
    await terminal.close();

    terminal = openTerminal({ columns: 80, rows: 24, command: [launcher, 'replay', file] });
    await terminal.waitFor('REPLAY');
    terminal.type('/demo-burn\r');
    await terminal.waitFor('▸demo-burn');
    terminal.type('\r3^}');
    for (const limit of ['0\\.20', 'max', '0\\.20', '0\\.50', '0\\.20']) {
      // Of the line, not of the mark in the chart.
      await terminal.waitFor(new RegExp(`limit {8}${limit}`));
    }
    terminal.type('j\r');
    await terminal.waitFor('this is a recording');
  }, 60_000);
});

describe.skipIf(!canLimit)('a bare process, found among the groups of the host', () => {
  const above = `${CPU}/nsview-limited-${process.pid}`;
  let busy: BusyProcess;

  beforeAll(() => {
    busy = startBusyProcess(above);
  });
  afterAll(() => busy.end(() => nsview(['--root', root, 'gc'])));

  async function openProcess(command: readonly [string, ...string[]]): Promise<void> {
    terminal = openTerminal({ columns: 80, rows: 24, command });
    await terminal.waitFor(/quit/);
    terminal.type(`H/${path.basename(above)}\r`);
    await terminal.waitFor(/ └─ nsview-limi/);
    terminal.type('j\r');
    await terminal.waitFor(`Processes in /${path.basename(above)}`);
    await terminal.waitFor(new RegExp(`▸ +${busy.pid} `));
    terminal.type('\r');
    await terminal.waitFor(`▸ pid ${busy.pid}`);
    terminal.type('3j');
    await terminal.waitFor('▸limit');
  }

  it('is limited after a question, in a group below its own, and put back', async () => {
    await openProcess([launcher, '--root', root, '--engine', 'none']);
    terminal.type('\r0.2');
    await terminal.waitFor(`makes ${above}/pid-${busy.pid}-`);
    terminal.type('\r');
    await terminal.waitFor('Yes, limit (sh)');
    terminal.press('down', 'enter');
    await terminal.waitFor(/^ limited .*u undoes it *$/m);
    await terminal.waitFor('▸limit        0.20 cores · its own');
    expect(busy.group()).toMatch(new RegExp(`^/${path.basename(above)}/pid-${busy.pid}-`));
    await terminal.waitFor((screen) => coresIn(screen) < 0.23);
    terminal.type('u');
    await terminal.waitFor('Yes, undo (sh)');
    terminal.type('y');
    await terminal.waitFor('is where it was');
    expect(busy.group()).toBe(`/${path.basename(above)}`);
    expect(existsSync(`${above}/cgroup.procs`)).toBe(true);
  }, 30_000);

  it('is left alone for who may not, with the reason', async () => {
    const nobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] as const;
    const before = readFileSync(`/proc/${busy.pid}/cgroup`, 'utf8');
    const home = `${root}/nobody`;
    await openProcess([...nobody, installForEverybody(root), '--root', home, '--engine', 'none']);
    terminal.type('\r0.2');
    await terminal.waitFor('it cannot be written (EACCES)');
    terminal.type('\r');
    await terminal.waitFor(/^ .*it cannot be written \(EACCES\)/m);
    expect([readFileSync(`/proc/${busy.pid}/cgroup`, 'utf8'), existsSync(home)]).toEqual([before, false]);
  }, 30_000);
});
