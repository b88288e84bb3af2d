import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { cleanEnvironment, run } from '../support/command.ts';
import { childrenOf } from '../support/engines/children.ts';
import { launcher, nsview } from '../support/nsview.ts';
import { type OwnStore, openOwnStore } from '../support/own-store.ts';
import { waitUntil } from '../support/wait-until.ts';

let store: OwnStore;
beforeAll(async () => {
  store = await openOwnStore();
});
beforeEach(async () => {
  if (store.remains().length > 0) await store.clear();
});
afterAll(() => store.close());

/** Ends what the child started too: the helper, wherever in its work it is. */
function killBranch(child: ChildProcess, victim: 'launcher' | 'helper'): void {
  const helpers = childrenOf(child.pid ?? 0);
  for (const pid of victim === 'helper' ? helpers : [child.pid ?? 0]) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It ended before.
    }
  }
}

function stateOf(name: string) {
  return JSON.parse(
    readFileSync(`${store.root}/containers/${readlinkSync(`${store.root}/names/${name}`)}/state.json`, 'utf8'),
  );
}

async function sweptClean(): Promise<void> {
  await waitUntil('nothing remains after gc', async () => {
    await store.nsview('gc');
    return store.remains().length === 0;
  });
}

describe('SIGKILL at any time', () => {
  // Node alone takes some 40 ms before the first step: the moments go from there past the end of a short command.
  it.each<['launcher' | 'helper', boolean]>([
    ['launcher', false],
    ['helper', false],
    ['launcher', true],
    ['helper', true],
  ])(
    'of the %s of a start (detached: %s) leaves nothing that gc does not remove',
    { timeout: 180_000 },
    async (victim, detached) => {
      for (let round = 0; round < 12; round += 1) {
        // With a volume that only the store can tell of the helper leaves the files to others.
        const volume = round % 2 === 0 ? ['-v', '/nameless'] : [];
        const options = ['--rm', '--name', 'victim', ...volume, ...(detached ? ['-d'] : [])];
        const child = store.start(options, 'sleep', '0.3');
        const ended = once(child, 'exit');
        await setTimeout(30 + round * 18);
        killBranch(child, victim);
        if (victim === 'helper') await Promise.race([ended, setTimeout(3000)]);
        else await ended;
        await sweptClean();
      }
      expect(readdirSync(`${store.root}/volumes`)).toEqual([]);
    },
  );

  it('of a foreground run’s launcher ends the container within a second', async () => {
    const child = store.start(['--name', 'orphan'], 'sleep', '600');
    await waitUntil('it runs', async () => (await store.nsview('exec', 'orphan', 'true')).exitCode === 0);
    const { init } = stateOf('orphan');
    child.kill('SIGKILL');
    await waitUntil('it is gone', () => !existsSync(`/proc/${init.pid}`), 1000);
    await store.nsview('rm', 'orphan');
    await sweptClean();
  });

  it('of the launcher of a run with --rm leaves nothing, even before gc', async () => {
    const child = store.start(['--rm', '--name', 'orphan'], 'sleep', '600');
    await waitUntil('it runs', async () => (await store.nsview('exec', 'orphan', 'true')).exitCode === 0);
    child.kill('SIGKILL');
    await waitUntil('nothing remains', () => store.remains().length === 0, 2000);
  });

  it('of a detached container’s helper is told: it counts as killed until it is removed', async () => {
    await store.run(['-d', '--name', 'lost'], 'sleep', '600');
    const { monitor } = stateOf('lost');
    process.kill(monitor.pid, 'SIGKILL');
    await waitUntil('its processes are gone', () => store.remains().every((line) => !/^\d+$/.test(line)));
    expect((await store.nsview('gc')).stdout).toBe('lost: it lost its helper, and counts as killed');
    expect((await store.nsview('gc')).stdout).toBe('');
    expect((await store.nsview('wait', 'lost')).stdout).toBe('137');
    await store.nsview('rm', 'lost');
    await sweptClean();
  });

  it('of rm leaves what the next rm or gc finishes', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 6; round += 1) {
      await store.run(['-d', '--name', 'half'], 'sleep', '600');
      const rm = spawn(launcher, ['--root', store.root, 'rm', '-f', 'half'], {
        env: cleanEnvironment,
        stdio: 'ignore',
      });
      const ended = once(rm, 'exit');
      await setTimeout(50 + round * 12);
      rm.kill('SIGKILL');
      await ended;
      await store.nsview('rm', '-f', 'half');
      await sweptClean();
    }
  });
});

describe('many at once', () => {
  it('fifty starts of one name: one wins', { timeout: 180_000 }, async () => {
    const results = await Promise.all(
      Array.from({ length: 50 }, () => store.run(['-d', '--name', 'one'], 'sleep', '600')),
    );
    const won = results.filter(({ exitCode }) => exitCode === 0);
    const lost = results.filter(({ exitCode }) => exitCode !== 0);
    expect(won).toHaveLength(1);
    expect(lost.map(({ exitCode, stderr }) => [exitCode, stderr.split('\n')[0]])).toEqual(
      lost.map(() => [125, expect.stringContaining("container 'one': the name is taken by ")]),
    );
    expect(readdirSync(`${store.root}/containers`)).toEqual([won[0]?.stdout]);
    await store.nsview('rm', '-f', 'one');
  });

  it('thirty starts without a name beside sweeps: all run, and all are removed', { timeout: 180_000 }, async () => {
    const sweeps = Array.from({ length: 6 }, () => store.nsview('gc'));
    const results = await Promise.all(Array.from({ length: 30 }, () => store.run(['-d'], 'sleep', '600')));
    await Promise.all(sweeps);
    expect(results.map(({ exitCode, stderr }) => [exitCode, stderr])).toEqual(results.map(() => [0, '']));
    const ids = results.map(({ stdout }) => stdout);
    expect(new Set(readdirSync(`${store.root}/containers`))).toEqual(new Set(ids));
    expect((await store.nsview('rm', '-f', ...ids)).exitCode).toBe(0);
  });

  it('limits change while exec and stop go on beside', { timeout: 120_000 }, async () => {
    for (let round = 0; round < 4; round += 1) {
      await store.run(['-d', '--name', 'race'], 'sleep', '600');
      const beside = [
        ...['16m', '64m', '32m'].map((size) => store.nsview('limit', '-m', size, 'race')),
        ...[1, 2].map(() => store.nsview('exec', 'race', 'true')),
        store.nsview('stop', '-t', '0', 'race'),
      ];
      for (const { exitCode, stderr } of await Promise.all(beside)) {
        // It may have ended before its turn; it never fails for another reason, nor without saying which.
        expect([0, 1, 125, 137]).toContain(exitCode);
        expect(stderr).not.toContain('unexpected failure');
      }
      expect((await store.nsview('rm', '-f', 'race')).exitCode).toBe(0);
      await sweptClean();
    }
  });
});

describe('a host that gives little', () => {
  it('a full disk is told in one line, and nothing is left', async () => {
    const disk = `${store.workDir}/disk`;
    mkdirSync(disk);
    await run('mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk);
    const full = await openOwnStore(`${disk}/store`);
    try {
      await full.nsview('gc');
      mkdirSync(`${disk}/store`, { recursive: true, mode: 0o700 });
      for (let size = 65_536; size >= 1; size = Math.floor(size / 2)) {
        try {
          writeFileSync(`${disk}/ballast-${size}`, Buffer.alloc(size));
        } catch {
          // Full: the next one is smaller.
        }
      }
      for (const options of [['--rm'], ['-d']]) {
        const { exitCode, stderr } = await full.run(options, 'true');
        expect(exitCode).toBe(125);
        expect(stderr).toContain('the disk is full (ENOSPC)');
      }
      expect(full.remains()).toEqual([]);
    } finally {
      await full.close();
      await run('umount', disk);
    }
  });

  it('a read-only place for the store is told in one line', async () => {
    const disk = `${store.workDir}/read-only`;
    mkdirSync(disk);
    await run('mount', '-t', 'tmpfs', '-o', 'size=1m,ro', 'tmpfs', disk);
    const { exitCode, stderr } = await nsview([
      '--root',
      `${disk}/store`,
      'run',
      '--rm',
      '--rootfs',
      store.rootfs,
      'true',
    ]);
    expect([exitCode, stderr]).toEqual([125, expect.stringContaining('its file system is read-only (EROFS)')]);
    await run('umount', disk);
  });

  it('a store that others may write into is refused', async () => {
    const open = `${store.workDir}/open`;
    mkdirSync(open);
    chmodSync(open, 0o777);
    const { exitCode, stderr } = await nsview(['--root', open, 'run', '--rm', '--rootfs', store.rootfs, 'true']);
    expect([exitCode, stderr]).toEqual([125, expect.stringContaining('others could write into it')]);
  });

  it('32 open files are enough', async () => {
    const args = [
      '--root',
      store.root,
      'run',
      '--rm',
      '--rootfs',
      store.rootfs,
      '--cgroup-parent',
      store.parent,
      'echo',
      'ok',
    ];
    const { stdout, stderr, exitCode } = await nsview(args, ['prlimit', '--nofile=32:32', launcher]);
    expect([exitCode, stdout, stderr]).toEqual([0, 'ok', '']);
  });
});
