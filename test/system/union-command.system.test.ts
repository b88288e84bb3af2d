import { chmodSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { cleanEnvironment, run } from '../support/command.ts';
import { launcher, nsview } from '../support/nsview.ts';
import { openTerminal } from '../support/terminal.ts';
import { waitUntil } from '../support/wait-until.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const NOBODY = 65_534;
const asNobody: [string, ...string[]] = [
  'setpriv',
  `--reuid=${NOBODY}`,
  `--regid=${NOBODY}`,
  '--clear-groups',
  launcher,
];

let work: string;
const works: string[] = [];
const at = (...names: readonly string[]) => path.join(work, ...names);

beforeEach(async () => {
  work = makeWorkDir();
  works.push(work);
  chmodSync(work, 0o755);
  for (const directory of ['A/d', 'B/d', 'C']) mkdirSync(at(directory), { recursive: true });
  for (const file of ['A/a', 'A/x', 'A/d/1', 'B/b', 'B/x', 'B/d/2']) writeFileSync(at(file), `${file}\n`);
  await run('chown', '-R', `${NOBODY}:${NOBODY}`, work);
});
afterAll(async () => {
  for (const each of works) await removeWorkDir(each);
});

/** Everything below a directory, with what is in the files. */
function contentsOf(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const file = path.join(entry.parentPath, entry.name);
      return `${path.relative(directory, file)} ${entry.isFile() ? readFileSync(file, 'utf8') : ''}`;
    })
    .sort();
}

const mountsBelow = (directory: string) =>
  readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.split(' ')[4]?.startsWith(directory));

/** The processes that stand in a mount namespace where the writable branch is mounted. */
function keepers(): readonly string[] {
  const ours = readlinkSync('/proc/self/ns/mnt');
  return readdirSync('/proc').filter((pid) => {
    try {
      return (
        /^\d+$/.test(pid) &&
        readlinkSync(`/proc/${pid}/ns/mnt`) !== ours &&
        readFileSync(`/proc/${pid}/mountinfo`, 'utf8').includes(` nsview-union `)
      );
    } catch {
      return false;
    }
  });
}

/** The line of the table for a name, as its words. */
function rowOf(text: string, name: RegExp): readonly string[] | undefined {
  const line = text.split('\n').find((each) => name.test(each));
  return line?.trim().split(/ {2,}/);
}

describe('union without a terminal', () => {
  it.each([
    ['root', [launcher] as [string, ...string[]]],
    ['an ordinary user', asNobody],
  ])('tells the whole lesson to %s and leaves both directories as they were', async (_who, command) => {
    if (command !== asNobody || (await allowsUsers())) {
      const before = [contentsOf(at('A')), contentsOf(at('B'))];
      const { stdout, stderr, exitCode } = await nsview(['union', at('A'), at('B')], command);
      expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
      const [first = '', second = '', third = ''] = stdout.split(/^\d\. /m).slice(1);
      expect(rowOf(first, /^x /)).toEqual(['x', 'x', 'x', 'from B, which hides A’s']);
      expect(first.match(/from B, which/g)).toHaveLength(1);
      expect(rowOf(first, /^d\/ /)).toEqual(['d/', 'd/', 'd/', 'A and B together']);
      expect(rowOf(second, /^a /)).toEqual(['a', 'a', 'a', 'changed: a copy, A’s stays']);
      expect(rowOf(third, /^ +b /)).toEqual(['b', 'b (whiteout)', 'deleted: a whiteout hides B’s']);
      expect([contentsOf(at('A')), contentsOf(at('B'))]).toEqual(before);
      expect(keepers()).toEqual([]);
    } else {
      console.log('skipped: this kernel lets no ordinary user have a user namespace');
    }
  });

  it('works where A is read-only for whoever asks, and where a name is a stranger’s', async () => {
    writeFileSync(at('A/\u001b[31mred\nline'), '');
    const { stdout, exitCode } = await nsview(['union', at('A'), at('B')]);
    expect(exitCode).toBe(0);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toContain('red�line');
  });

  it.each(['SIGINT', 'SIGTERM', 'the end of its input'])('keeps C where --at says until %s', async (end) => {
    const [file, ...args] = [launcher, 'union', at('A'), at('B'), '--at', at('C')];
    const stdin = end.startsWith('SIG') ? 'ignore' : 'pipe';
    const child = execa(file, args, { stdin, env: cleanEnvironment, extendEnv: false, reject: false });
    await new Promise<void>((resolve) => {
      let told = '';
      child.stdout.on('data', (text) => {
        told += text;
        if (told.includes('It stays until')) resolve();
      });
    });
    await run('sh', '-c', 'cd "$1" && echo more >>a && rm b && ls', 'sh', at('C'));
    expect(readdirSync(at('C'))).toEqual(['a', 'd', 'x']);
    expect(contentsOf(at('A'))).toContain('a A/a\n');
    if (end === 'SIGINT' || end === 'SIGTERM') {
      child.kill(end);
    } else {
      child.stdin?.end();
    }
    const { exitCode, stdout, stderr } = await child;
    expect({ exitCode, stderr }).toEqual({ exitCode: { SIGINT: 130, SIGTERM: 143 }[end] ?? 0, stderr: '' });
    expect(rowOf(stdout, /^x /)).toEqual(['x', 'x', 'x', 'from B, which hides A’s']);
    expect(stdout).not.toContain('A deletion in C');
    expect(mountsBelow(work)).toEqual([]);
    expect(keepers()).toEqual([]);
  });

  it('refuses in one line, with the way out', async () => {
    const refused = async (args: readonly string[], command?: [string, ...string[]]) => {
      const { stdout, stderr, exitCode } = await nsview(['union', ...args], command);
      expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 1 });
      return stderr.split('\n');
    };
    expect(await refused([at('A'), '/proc'])).toEqual([
      'nsview: union: the file system of one of them cannot be a branch of a union (EINVAL)',
    ]);
    expect((await refused([at('A'), at('A/a')]))[0]).toContain('not a directory');
    expect((await refused(['--read-only', at('A'), at('B')]))[0]).toContain('--read-only is set');
    expect((await refused([at('A'), at('B'), '--at', at('C')], asNobody))[0]).toContain('only root');
    expect((await nsview(['union', at('A')])).exitCode).toBe(2);
  });
});

describe('union on a terminal', () => {
  const open = (args: readonly string[] = []) =>
    openTerminal({ columns: 100, rows: 30, command: [launcher, 'union', at('A'), at('B'), ...args] });

  it('shows within a second what another shell does in C, and what that leaves in the writable branch', async () => {
    const terminal = open(['--at', at('C')]);
    try {
      await terminal.waitFor('from B, which hides A’s');
      expect(readFileSync(at('C/x'), 'utf8')).toBe('B/x\n');
      const began = performance.now();
      await run('sh', '-c', `cd "$1"; echo more >>a; rm b; mkdir new; rm -r d; mkdir d`, 'sh', at('C'));
      await terminal.waitFor('changed: a copy, A’s stays');
      expect(performance.now() - began).toBeLessThan(2000);
      const screen = terminal.screen().join('\n');
      expect(screen).toContain('b (whiteout)');
      expect(rowOf(screen, /^d\/ /)?.at(-1)).toBe('replaced: opaque, hides A’s and B’s');
      const seen = terminal.screen().filter((line) => /new: in the writable/.test(line));
      expect(seen).toHaveLength(1);
      // The kernel's own word for what is there.
      expect(readdirSync(at('C'))).toEqual(['a', 'd', 'new', 'x']);
      terminal.type('q');
      expect(await terminal.exited).toMatchObject({ exitCode: 0 });
      expect(terminal.isAlternate()).toBe(false);
      expect(mountsBelow(work)).toEqual([]);
      expect(readdirSync(at('C'))).toEqual([]);
    } finally {
      await terminal.close();
    }
  });

  it('scrolls at 80 x 24, and shows what was changed where it is', async () => {
    for (let name = 10; name < 60; name += 1) writeFileSync(at(`A/file-${name}`), '');
    writeFileSync(at('B/zz'), '');
    await run('rm', at('B/b'));
    await run('chown', '-R', `${NOBODY}:${NOBODY}`, work);
    const terminal = openTerminal({
      columns: 80,
      rows: 24,
      command: [launcher, 'union', at('A'), at('B'), '--at', at('C')],
    });
    try {
      await terminal.waitFor(/^… \d+ below *$/m);
      terminal.type('\u001b[6~');
      await terminal.waitFor(/^… \d+ above · \d+ below *$/m);
      terminal.type('G');
      await terminal.waitFor(/^file-59 .*from A *$/m);
      terminal.type('gj');
      await terminal.waitFor(/^… 1 above · \d+ below *$/m);
      terminal.press('up');
      await terminal.waitFor(/^… \d+ below *$/m);
      // The one file of B alone is the last of all.
      terminal.type('d');
      await terminal.waitFor(/^ +zz +zz \(whiteout\) +deleted: a whiteout hides B’s *$/m);
      terminal.type('g');
      await terminal.waitFor(/^… \d+ below, 1 of them changed *$/m);
      await run('rm', at('C/file-58'));
      await terminal.waitFor(/^… \d+ below, 2 of them changed *$/m);
      expect(terminal.screen().at(-1)).toContain('PgUp PgDn scroll');
      terminal.type('q');
      expect(await terminal.exited).toMatchObject({ exitCode: 0 });
    } finally {
      await terminal.close();
    }
  });

  it('changes and deletes files itself on c and d, in its own namespace alone', async () => {
    const terminal = open();
    try {
      await terminal.waitFor('from B, which hides A’s');
      expect(mountsBelow(work)).toEqual([]);
      const pid = /process (\d+)/.exec(terminal.screen().join('\n'))?.[1] ?? '';
      terminal.type('c');
      await terminal.waitFor('changed: a copy, A’s stays');
      terminal.type('d');
      await terminal.waitFor('deleted: a whiteout hides B’s');
      const inside = await run('nsenter', '-t', pid, '-m', 'sh', '-c', 'cd /mnt/C && ls; cat a');
      expect(inside.split('\n').slice(0, 4)).toEqual(['a', 'd', 'x', 'A/a']);
      expect(readFileSync(at('A/a'), 'utf8')).toBe('A/a\n');
      terminal.press('ctrl-c');
      await terminal.exited;
      expect(keepers()).toEqual([]);
    } finally {
      await terminal.close();
    }
  });

  it.each(['SIGTERM', 'SIGHUP', 'SIGKILL'] as const)('leaves nothing after %s', async (signal) => {
    const terminal = open(['--at', at('C')]);
    await terminal.waitFor('from B, which hides A’s');
    expect(mountsBelow(work)).toHaveLength(1);
    terminal.kill(signal);
    await terminal.exited;
    // The helper hears of it by the end of its descriptor.
    await waitUntil('the union is gone', () => mountsBelow(work).length === 0 && keepers().length === 0);
    await terminal.close();
  });

  it('gives the terminal back for a stop, and takes it again', async () => {
    const script = 'set -m; "$0" union "$1" "$2" & fg; echo stopped; fg; echo status $?';
    const terminal = openTerminal({
      columns: 100,
      rows: 30,
      command: ['bash', '-c', script, launcher, at('A'), at('B')],
    });
    try {
      await terminal.waitFor('from B, which hides A’s');
      terminal.press('ctrl-z');
      await terminal.waitFor(() => terminal.transcript().includes('stopped'));
      await terminal.waitFor((screen) => terminal.isAlternate() && screen.join('').includes('from B, which hides A’s'));
      terminal.type('q');
      await terminal.waitFor('status 0');
    } finally {
      await terminal.close();
    }
  });

  it('says so where somebody else takes the union away', async () => {
    const terminal = open();
    await terminal.waitFor('from B, which hides A’s');
    process.kill(Number(/process (\d+)/.exec(terminal.screen().join('\n'))?.[1]), 'SIGKILL');
    expect(await terminal.exited).toMatchObject({ exitCode: 1 });
    expect(terminal.screen().join('\n')).toContain('nsview: union: somebody else ended');
    await terminal.close();
  });

  it('leaves what somebody else mounted over it meanwhile', async () => {
    const terminal = open(['--at', at('C')]);
    try {
      await terminal.waitFor('from B, which hides A’s');
      await run('mount', '-t', 'tmpfs', 'theirs', at('C'));
      terminal.type('q');
      await terminal.exited;
      expect(mountsBelow(work).some((line) => line.includes(' theirs '))).toBe(true);
    } finally {
      await terminal.close();
    }
  });
});

async function allowsUsers(): Promise<boolean> {
  const [file, ...args] = asNobody.with(-1, 'unshare');
  const { exitCode } = await execa(file ?? '', [...args, '-Ur', 'true'], {
    env: cleanEnvironment,
    extendEnv: false,
    reject: false,
  });
  return exitCode === 0;
}
