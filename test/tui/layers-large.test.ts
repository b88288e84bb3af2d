import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { cleanEnvironment } from '../support/command.ts';
import { busyboxImage, type Docker, dockerClient } from '../support/engines/docker.ts';
import { openLayersTab } from '../support/layers-tab.ts';
import type { Terminal } from '../support/terminal.ts';

const lane = inject('docker');
const name = 'nsview-large';
/** Three times what is shown of a directory, and thirty times what is read at once. */
const NAMES = 60_000;
/** On a busy machine; what waits for the daemon waits for ever. */
const LONGEST_MS = 3000;

describe.skipIf(lane === null)('the Layers tab of a container with what is too large, and what never answers', () => {
  let docker: Docker['docker'];
  let daemon: ChildProcess;
  let terminal: Terminal;

  beforeAll(async () => {
    if (lane === null) return;
    docker = dockerClient(lane.socket, lane.configDir);
    await docker('run', '-d', '--name', name, busyboxImage, 'sleep', '1000016');
    const many = `mkdir /many /hung && cd /many && seq -w 1 ${NAMES} | sed s,^,name-, | xargs touch && truncate -s 100G /sparse`;
    await docker('exec', name, 'sh', '-c', many);
    const pid = await docker('inspect', '-f', '{{.State.Pid}}', name);
    // A FUSE mount whose daemon has the connection open, and reads no request from it.
    const options = 'fd=5,rootmode=40000,user_id=0,group_id=0';
    const mount = `nsenter -t ${pid} -m /bin/busybox mount -i -t fuse -o ${options} hung /hung`;
    daemon = spawn('sh', ['-c', `exec 5<>/dev/fuse && ${mount} && echo mounted && exec sleep 1000017`], {
      env: cleanEnvironment,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await new Promise((resolve) => daemon.stdout?.once('data', resolve));
    const listed = `nsenter -t ${pid} -m /bin/busybox timeout -s KILL 1 /bin/busybox ls /hung; echo $?`;
    expect(execFileSync('sh', ['-c', listed], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })).toMatch(
      /13\d/,
    );
  });
  beforeEach(async () => {
    terminal = await openLayersTab(lane?.socket, name, 40, /▸ many\//);
  });
  afterEach(() => terminal.close());
  afterAll(async () => {
    daemon?.kill('SIGKILL');
    await docker?.('rm', '-fv', name);
  });

  /** How long the longest of some keys waits for its answer: help comes and goes. */
  async function answered(until: RegExp): Promise<number> {
    let longest = 0;
    for (let last = false; !last; ) {
      last = until.test(terminal.screen().join('\n'));
      for (const key of ['h', 'escape'] as const) {
        const began = performance.now();
        if (key === 'h') terminal.type(key);
        else terminal.press(key);
        await terminal.waitFor((screen) => screen.some((line) => line.includes('┌─ Help')) === (key === 'h'));
        longest = Math.max(longest, performance.now() - began);
      }
    }
    return longest;
  }

  it('answers keys while a directory of very many names is listed', async () => {
    await goTo('many');
    terminal.press('enter');
    expect(await answered(/name-00\d\d\d/)).toBeLessThan(LONGEST_MS);
    await terminal.waitFor(/name-00001/);
    await terminal.waitFor(/· watched ·/);
    await terminal.waitFor(/↓ \d{5} more/);
  });

  it('answers keys while the whole tree is measured, and a file of 100 GiB is a line like any other', async () => {
    await terminal.waitFor(/100G .* sparse/);
    terminal.type('w');
    expect(await answered(/again in a branch above/)).toBeLessThan(LONGEST_MS);
    await terminal.waitFor(/100(?:\.0)? ?G.*\/ *$/m);
  });

  it('never asks the daemon that does not answer', async () => {
    await goTo('hung');
    await terminal.waitFor(/hung: dir from 0/);
    await terminal.waitFor(/in no layer, nor in a commit: .*of hung/);
    terminal.press('enter');
    expect(await answered(/▾ hung\//)).toBeLessThan(LONGEST_MS);
    await terminal.waitFor(/covered: the container sees a bind mount here/);
    terminal.type('v');
    await terminal.waitFor(/a directory/);
  });

  async function goTo(entry: string): Promise<void> {
    for (let tries = 0; tries < 40 && !terminal.screen().some((line) => line.includes(`/${entry}: dir`)); tries += 1) {
      const before = terminal.screen().join('\n');
      terminal.press('down');
      await terminal.waitFor((screen) => screen.join('\n') !== before);
    }
    await terminal.waitFor(`/${entry}: dir`);
  }
});
