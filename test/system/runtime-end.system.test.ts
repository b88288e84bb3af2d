import { existsSync, mkdirSync, readdirSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../support/command.ts';
import { cgroupRoots } from '../support/engines/cgroup-sweep.ts';
import { type OwnStore, openOwnStore } from '../support/own-store.ts';
import { waitUntil } from '../support/wait-until.ts';

let store: OwnStore;
beforeAll(async () => {
  store = await openOwnStore();
});
afterAll(async () => {
  expect(store.remains()).toEqual([]);
  await store.close();
});

/** What holds the end of the container up until it is there. */
const held = (more: string) => ['sh', '-c', `${more}; while [ ! -e /gate/open ]; do sleep 0.05; done; exit 7`] as const;

function gate(): { readonly options: readonly string[]; readonly open: () => void; readonly close: () => void } {
  const directory = `${store.workDir}/gate`;
  mkdirSync(directory, { recursive: true });
  return {
    options: ['-v', `${directory}:/gate`],
    open: () => writeFileSync(`${directory}/open`, ''),
    close: () => rmSync(`${directory}/open`, { force: true }),
  };
}

describe('a detached container that is to be gone when it ends', () => {
  it('takes its files and its name away itself, however deep they are, and tells who waits how it ended', async () => {
    const { options, open, close } = gate();
    const deep =
      'i=0; while [ $i -lt 300 ]; do mkdir -p d/f; cd d; i=$((i+1)); done; cd /; ln -s /gate link; chmod 0 /d';
    const started = await store.run(['-d', '--rm', '--name', 'brief', ...options], ...held(deep));
    expect([started.exitCode, started.stderr]).toEqual([0, '']);
    const waiting = store.nsview('wait', 'brief');
    const other = await store.run(['--rm', '--name', 'brief'], 'true');
    expect([other.exitCode, other.stderr]).toEqual([125, expect.stringContaining('the name is taken')]);
    await waitUntil('the waiter has the record open', async () => {
      const found = await run(
        'sh',
        '-c',
        `ls -l /proc/[0-9]*/fd 2>/dev/null | grep -c ${started.stdout}/exit.new || true`,
      );
      // The helper has it open too.
      return Number(found) >= 2;
    });
    open();
    expect((await waiting).stdout).toBe('7');
    await waitUntil('nothing remains, though nobody swept', () => store.remains().length === 0);
    // What a link of its own led to is not its own.
    expect(readdirSync(`${store.workDir}/gate`)).toEqual(['open']);
    close();
  });

  it('may end before its start is told of', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { exitCode, stderr } = await store.run(['-d', '--rm', '--name', 'instant'], 'true');
      expect([exitCode, stderr]).toEqual([0, '']);
      await waitUntil('it is gone', () => store.remains().length === 0);
    }
  });

  it('leaves nothing when it cannot be started', async () => {
    const { exitCode } = await store.run(['-d', '--rm'], 'no-such-program');
    expect(exitCode).toBe(127);
    expect(store.remains()).toEqual([]);
  });
});

describe.skipIf(cgroupRoots().length === 0)('groups that --cgroup-parent made', () => {
  const [mount = ''] = cgroupRoots();

  it('go with the last container in them, and no sooner', async () => {
    const parent = `${store.parent}/shared`;
    const options = ['-d', '--rm', '--cgroup-parent', parent];
    await store.run([...options, '--name', 'first'], 'sleep', '600');
    await store.run([...options, '--name', 'second'], 'sleep', '600');
    await store.nsview('stop', '-t', '0', 'first');
    await waitUntil('the first is gone', () => !existsSync(`${store.root}/names/first`));
    expect(readdirSync(`${mount}${parent}`).filter((name) => /^[0-9a-f]{64}$/.test(name))).toHaveLength(1);
    await store.nsview('stop', '-t', '0', 'second');
    await waitUntil('so are the groups', () => cgroupRoots().every((root) => !existsSync(`${root}${store.parent}`)));
  });

  it('stay where somebody else had made them', async () => {
    const theirs = `${mount}${store.parent}-theirs`;
    mkdirSync(theirs);
    try {
      const { exitCode } = await store.run(['--rm', '--cgroup-parent', `${store.parent}-theirs/below`], 'true');
      expect(exitCode).toBe(0);
      expect(existsSync(theirs)).toBe(true);
      expect(cgroupRoots().filter((root) => existsSync(`${root}${store.parent}-theirs/below`))).toEqual([]);
    } finally {
      rmdirSync(theirs);
    }
    expect(cgroupRoots().filter((root) => existsSync(`${root}${store.parent}-theirs`))).toEqual([]);
  });

  it('are made again where the last container in them ends while another starts', async () => {
    const names = ['a', 'b', 'c', 'd'];
    for (let round = 0; round < 5; round += 1) {
      const results = await Promise.all(
        names.map((name) => store.run(['--rm', '--name', name, '--cgroup-parent', `${store.parent}/busy`], 'true')),
      );
      expect(results.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual(names.map(() => [0, '']));
    }
  });
});

it('what it prints on and on is kept in two files of bounded size, and read as one', { timeout: 120_000 }, async () => {
  const { options, open, close } = gate();
  const [lines, rest] = [40_000, '0'.repeat(900)];
  const { stdout: id } = await store.run(
    ['-d', '--name', 'talker', ...options],
    ...held(`seq 1 ${lines} | sed 's/$/ ${rest}/'`),
  );
  const following = store.nsview('logs', '-f', 'talker');
  open();
  expect((await store.nsview('wait', 'talker')).stdout).toBe('7');
  const sizes = ['log.1', 'log'].map((file) => statSync(`${store.root}/containers/${id}/${file}`).size);
  expect(sizes[0]).toBeGreaterThanOrEqual(32 << 20);
  expect(Math.max(...sizes)).toBeLessThan(33 << 20);
  const printed = Array.from({ length: lines }, (_, i) => `${i + 1} ${rest}`).join('\n');
  for (const { stdout } of [await following, await store.nsview('logs', 'talker')]) {
    expect(stdout.length).toBe(printed.length);
    expect(stdout === printed).toBe(true);
  }
  const half = (await store.nsview('logs', '--tail', '38000', 'talker')).stdout;
  expect([half.slice(0, 5), half.split('\n').at(-1)]).toEqual(['2001 ', `40000 ${rest}`]);
  await store.nsview('rm', 'talker');
  close();
});

it('how it ended is kept on a disk that is full by then', async () => {
  const disk = `${store.workDir}/disk`;
  mkdirSync(disk);
  await run('mount', '-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', disk);
  const full = await openOwnStore(`${disk}/store`);
  try {
    const script = 'trap "exit 9" TERM; echo ready > /gate/ready; while :; do sleep 0.05; done';
    const { options } = gate();
    const started = await full.run(['-d', '--name', 'full', ...options], 'sh', '-c', script);
    expect([started.exitCode, started.stderr]).toEqual([0, '']);
    await waitUntil('it waits for the signal', () => existsSync(`${store.workDir}/gate/ready`));
    for (let size = 1 << 19; size >= 1; size >>= 1) {
      try {
        writeFileSync(`${disk}/ballast-${size}`, Buffer.alloc(size));
      } catch {
        // Full: the next one is smaller.
      }
    }
    expect(() => writeFileSync(`${disk}/more`, 'x')).toThrow('ENOSPC');
    expect((await full.nsview('stop', 'full')).stdout).toBe('full');
    expect((await full.nsview('wait', 'full')).stdout).toBe('9');
    expect((await full.nsview('rm', 'full')).exitCode).toBe(0);
    expect(full.remains()).toEqual([]);
  } finally {
    await full.close();
    await run('umount', disk);
  }
});
