import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { layersOutputSchema } from '../../src/model/document/outputs.ts';
import { isInstalled, run } from '../support/command.ts';
import { makeBusyboxRoot } from '../support/engines/busybox.ts';
import { nsview, nsviewJson } from '../support/nsview.ts';
import { waitUntil } from '../support/wait-until.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const works: string[] = [];
let work: string;

beforeEach(async () => {
  work = makeWorkDir();
  works.push(work);
  for (const directory of ['low', 'up', 'w', 'm']) mkdirSync(path.join(work, directory));
  await run('cp', '-a', `${await makeBusyboxRoot(work)}/.`, path.join(work, 'low'));
  writeFileSync(path.join(work, 'low/kept'), 'low');
});
afterAll(async () => {
  for (const each of works) await removeWorkDir(each);
});

const directories = 'lowerdir=low,upperdir=up,workdir=w';

/** Does it while a process stands on what the command mounted on `m`. */
async function inside(mount: string, look: (ref: string) => Promise<void>): Promise<void> {
  await run('sh', '-c', `cd "$1" && ${mount}`, 'sh', work);
  try {
    const child = spawn('sh', ['-c', 'exec chroot "$1" /bin/sleep 600', 'sh', path.join(work, 'm')], {
      stdio: 'ignore',
    });
    const ended = once(child, 'exit');
    try {
      await waitUntil('it stands on it', () => readlinkSync(`/proc/${child.pid}/root`) === path.join(work, 'm'));
      await look(`pid:${child.pid}`);
    } finally {
      child.kill('SIGKILL');
      await ended;
    }
  } finally {
    await run('umount', path.join(work, 'm'));
  }
}

describe('a union mounted by hand with names relative to where that was', () => {
  it('of the kernel is told as such', () =>
    inside(`mount -t overlay -o ${directories} nsview-by-hand m`, async (ref) => {
      const told = await nsview(['layers', ref, '/kept']);
      expect(told).toMatchObject({
        exitCode: 1,
        stderr: expect.stringMatching(
          /^nsview: branch 0 of 'pid:\d+', up: the path is relative, to the directory in which mount ran, which nobody keeps \(ENOENT\)$/m,
        ),
      });
    }));

  it.skipIf(!isInstalled('fuse-overlayfs'))('of fuse-overlayfs is known from the daemon’s command line', () =>
    inside(`fuse-overlayfs -o ${directories} m`, async (ref) => {
      writeFileSync(path.join(work, 'm/new'), '');
      const { layers } = await nsviewJson(layersOutputSchema, ['layers', ref]);
      expect(layers?.branches.map((branch) => `${branch.role} ${branch.path}`)).toEqual([
        `rw ${path.join(work, 'up')}`,
        `image ${path.join(work, 'low')}`,
      ]);
      expect((await nsview(['layers', ref, '/kept'])).stdout).toMatch(/^\/kept: file from 1/);
      expect((await nsview(['diff', ref])).stdout).toBe('A /new');
    }),
  );
});
