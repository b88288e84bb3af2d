import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { psSchema, statsSchema } from '../../src/model/document/outputs.ts';
import { unpackTree } from '../support/unpack-tree.ts';
import { MAIN, NODE, runSource } from './run-source.ts';

const AUFS = readFileSync(new URL('../fixtures/aufs.tree', import.meta.url), 'utf8');
const slow = { timeout: 60_000 };

let work = '';
let foreign: readonly string[] = [];
beforeAll(() => {
  work = mkdtempSync(path.join(os.tmpdir(), 'nsview-test-'));
  unpackTree(AUFS, work);
  foreign = ['--proc', `${work}/proc`, '--sys', `${work}/sys`];
});
afterAll(() => {
  rmSync(work, { recursive: true, force: true });
});

describe('another root for /proc and /sys', slow, () => {
  it.each([['before'], ['after']])('flags %s the command', async (where) => {
    const args = where === 'before' ? [...foreign, 'ps', '--json'] : ['ps', ...foreign, '--json'];
    const { status, stdout, stderr } = await runSource(args);
    expect([status, stderr]).toEqual([0, '']);
    const { containers } = psSchema.parse(JSON.parse(stdout));
    expect(containers.map(({ engine, init }) => [engine, init?.pid])).toEqual([['docker', 4102]]);
  });

  it('without a command and without a terminal, it is ps', async () => {
    const bare = await runSource(foreign);
    const ps = await runSource([...foreign, 'ps']);
    expect(bare.status).toBe(0);
    expect(bare.stdout).toBe(ps.stdout);
    expect(bare.stdout).toMatch(/^ID +NAME /);
  });

  it.each([
    ['--proc', '/nonexistent', 'no such directory (ENOENT)'],
    ['--sys', '/etc/passwd', 'not a directory (ENOTDIR)'],
    ['--proc', '/etc', 'no proc file system: no process is in it'],
  ])('%s %s is no such file system, and no host where nothing runs', async (flag, directory, why) => {
    const { status, stdout, stderr } = await runSource(['ps', flag, directory]);
    expect([status, stdout, stderr]).toEqual([1, '', `nsview: ${flag} ${directory}: ${why}\n`]);
  });

  it('-q prints ids, and a REF finds them again', async () => {
    const id = (await runSource([...foreign, 'ps', '-q', '--no-trunc'])).stdout.trim();
    expect(id).toMatch(/^[0-9a-f]{64}$/);
    const { status, stdout } = await runSource([...foreign, 'layers', id.slice(0, 8)]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^aufs on \//);
  });

  it('a REF that is none fails with 1, one line and a remedy', async () => {
    expect(await runSource([...foreign, 'inspect', 'no\x1bne'])).toEqual({
      status: 1,
      stdout: '',
      stderr: "nsview: container 'no�ne': no such container\nRun 'nsview ps -a' to see them.\n",
    });
  });

  it('a pipe has no colours, NO_COLOR or not, and names in full', async () => {
    const { stdout } = await runSource([...foreign, 'doctor'], { TERM: 'xterm-256color', FORCE_COLOR: '1' });
    expect(stdout).not.toContain('\x1b');
  });

  it('stats prints as many lines as were asked for, rates from the first on', async () => {
    const { status, stdout } = await runSource([...foreign, 'stats', '--json', '--interval', '50ms', '--count', '2']);
    expect(status).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    for (const line of lines) statsSchema.parse(JSON.parse(line));
  });

  it('Ctrl-C ends stats with 0', async () => {
    const child = spawn(NODE, [MAIN, ...foreign, 'stats', '--json', '--interval', '50ms'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    expect(await once(child, 'close')).toEqual([0, null]);
  });
});

describe('a reader that goes away', slow, () => {
  it.each([['ps', '--json'], ['schema']])('%s %s ends quietly with 0', (...args) => {
    const script = `{ "$0" "$@"; echo "status $?" >&2; } | { exec <&-; }`;
    const { stderr } = spawnSync('sh', ['-c', script, NODE, MAIN, ...foreign, ...args], { encoding: 'utf8' });
    expect(stderr).toBe('status 0\n');
  });
});

describe('an output that takes nothing', slow, () => {
  it('is one line with the errno', () => {
    const { stderr } = spawnSync('sh', ['-c', '"$0" "$@" >/dev/full', NODE, MAIN, 'completion', 'bash'], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('nsview: write: no space left on device (ENOSPC)\n');
  });
});
