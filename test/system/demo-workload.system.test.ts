import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cleanEnvironment, run } from '../support/command.ts';
import { waitUntil } from '../support/wait-until.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const native = fileURLToPath(new URL('../../native', import.meta.url));
const program = path.join(native, 'build/nsview-demo');
const workDir = makeWorkDir();

type Started = { readonly child: ChildProcess; readonly pid: number; readonly text: () => string };
const started: Started[] = [];

/** Starts the workload, alone or by another program (`unshare …`), and gathers what it prints. */
function start(args: readonly string[], by: readonly string[] = []): Started {
  const [file = program, ...rest] = [...by, program, ...args];
  const child = spawn(file, rest, { env: cleanEnvironment, stdio: ['ignore', 'pipe', 'inherit'], cwd: workDir });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
  });
  const one = { child, pid: child.pid ?? 0, text: () => printed };
  started.push(one);
  return one;
}

function childrenOf(pid: number): string[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
}

function stateOf(pid: number | string): string {
  return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0] ?? '';
}

beforeAll(() => run('make', '-C', native, '-s', 'all'));
afterAll(() => removeWorkDir(workDir));
afterEach(async () => {
  for (const { child } of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }
});

describe('nsview-demo', () => {
  it('is small and needs nothing beside it', async () => {
    expect(statSync(program).size).toBeLessThan(100_000);
    const headers = await run('readelf', '-lW', program);
    expect(headers).not.toMatch(/INTERP|DYNAMIC|RWE/);
  });

  it('says what it can do, and ends, where it is asked for nothing', async () => {
    const { child, text } = start([]);
    expect(await once(child, 'exit')).toEqual([2, null]);
    expect(text()).toContain('burn [THREADS]');
  });

  it('burns in as many threads as it is told, below everybody else', async () => {
    const { pid, text } = start(['burn', '3']);
    await waitUntil('three threads', () => text().includes('3 thread(s)'));
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toMatch(/^Threads:\s+3$/m);
    const nice = (await run('ps', '-o', 'ni=', '-p', String(pid))).trim();
    expect(nice).toBe('19');
  });

  it.each(['burn', 'sleep', 'forks 2', 'zombie 1', 'hog 1m', 'io io'])(
    '%s ends on SIGTERM as PID 1 too, with all that it made',
    async (command) => {
      const { pid, child } = start(command.split(' '), ['unshare', '--fork', '--pid', '--kill-child']);
      await waitUntil('the command', () => childrenOf(pid).some((one) => readlinkSync(`/proc/${one}/exe`) === program));
      const [inside = ''] = childrenOf(pid);
      const isSettled = () => /^SigCgt:\s+\w*[4-7c-f]\w{3}$/m.test(readFileSync(`/proc/${inside}/status`, 'utf8'));
      await waitUntil('its handlers', isSettled);
      const ended = once(child, 'exit');
      process.kill(Number(inside), 'SIGTERM');
      expect(await ended).toEqual([0, null]);
      expect(existsSync(`/proc/${inside}`)).toBe(false);
    },
  );

  it('holds the memory it was told to', async () => {
    const { pid, text } = start(['hog', '24m']);
    await waitUntil('the memory', () => text().includes('holding 24 MiB'));
    const kib = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
    expect(kib).toBeGreaterThanOrEqual(24 * 1024);
    expect(kib).toBeLessThan(26 * 1024);
  });

  it.each(['', '12x', '-3', '99999999999999999999m', '0'])('refuses to hold %j', async (bytes) => {
    const { child, text } = start(['hog', bytes]);
    expect(await once(child, 'exit')).toEqual([2, null]);
    expect(text()).toContain('how much?');
  });

  it('makes as many processes as it is told, which do not outlive it', async () => {
    const { pid, child, text } = start(['forks', '5']);
    await waitUntil('the children', () => text().includes('5 children made'));
    const children = childrenOf(pid);
    expect(children).toHaveLength(5);
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
    await waitUntil('their end', () => children.every((one) => !existsSync(`/proc/${one}`) || stateOf(one) === 'Z'));
  });

  it('leaves its orphans as zombies, and no others', async () => {
    const { pid, text } = start(['zombie', '3'], ['unshare', '--fork', '--pid', '--kill-child']);
    await waitUntil('the orphans', () => text().includes('3 orphans'));
    const [inside = ''] = childrenOf(pid);
    await waitUntil('their end', () => childrenOf(Number(inside)).every((one) => stateOf(one) === 'Z'));
    expect(childrenOf(Number(inside))).toHaveLength(3);
  });

  it('writes and reads its file past the page cache', async () => {
    const { pid, text } = start(['io', 'file']);
    const figure = (name: string) =>
      Number(new RegExp(`^${name}: (\\d+)`, 'm').exec(readFileSync(`/proc/${pid}/io`, 'utf8'))?.[1]);
    await waitUntil('two blocks', () => figure('wchar') >= 524_288 && figure('rchar') >= 524_288);
    if (text().includes('past the page cache')) {
      expect(figure('write_bytes')).toBeGreaterThanOrEqual(262_144);
      expect(figure('read_bytes')).toBeGreaterThanOrEqual(262_144);
    }
    expect(statSync(path.join(workDir, 'file')).size).toBeLessThanOrEqual(8 << 20);
  });

  it('answers requests, and sees its answer through the loopback of the same namespace', async () => {
    const inside = `ip link set lo up && { "$0" http 8080 & "$0" watch 8080; }`;
    const { text } = start([], ['unshare', '--net', '--fork', '--pid', '--kill-child', 'sh', '-c', inside]);
    await waitUntil('an answer', () => text().includes('127.0.0.1:8080 answers'));
    expect(text()).toContain('answering on port 8080');
  });

  it('shows that the mount namespace alone changes nothing, and the tmpfs does', async () => {
    // By a descriptor: a checkout below /tmp is out of sight behind the tmpfs.
    const own = 'exec 9<"$0" && mount -t tmpfs tmpfs /tmp && exec /proc/self/fd/9 tmp 50';
    const { text } = start([], ['unshare', '--mount', 'sh', '-c', own]);
    await waitUntil('all five steps', () => text().includes('\n5. '));
    expect(
      text()
        .match(/^\d\. .*: (.*)$/gm)
        ?.map((line) => line.split(': ').at(-1)),
    ).toEqual(['made-before', 'made-before', 'nothing', 'made-inside', 'made-before']);
  });
});
