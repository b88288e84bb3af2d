import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openLayerTree } from '../../src/layer-tree.ts';
import { layersOutputSchema } from '../../src/model/document/outputs.ts';
import type { TreeAnswer, TreeQuestion } from '../../src/model/layers/tree.ts';
import { openHost } from '../../src/probes/open-host.ts';
import { isInstalled, run } from '../support/command.ts';
import { containerFixture } from '../support/container-fixture.ts';
import { nsviewJson } from '../support/nsview.ts';
import { startTicksOf } from '../support/start-ticks.ts';
import { layer, startForm } from '../support/union-form.ts';
import { waitUntil } from '../support/wait-until.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

type Listing = Extract<TreeAnswer, { kind: 'directories' }>;

const workDir = makeWorkDir();
const host = openHost();
afterAll(async () => {
  host.close();
  await removeWorkDir(workDir);
});
const isRoot = process.getuid?.() === 0 && isInstalled('pivot_root');
/** What a change may take to be seen; twice what is promised, for a machine that does other things too. */
const SEEN_MS = 2000;

/** How many watches the kernel keeps for this process. */
function watches(): number {
  return readdirSync('/proc/self/fd')
    .filter((fd) => linkOf(fd) === 'anon_inode:inotify')
    .map((fd) => host.readText(`/proc/self/fdinfo/${fd}`, 'gone'))
    .flatMap((read) => (read.status === 'ok' ? read.value.split('\n') : []))
    .filter((line) => line.startsWith('inotify ')).length;
}

function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}

describe.skipIf(!isRoot)('an open tree of layers, asked for once', () => {
  it('tells of each change as it happens, and keeps nothing when it is closed', async () => {
    const before = watches();
    const { pid, base, ref, stop } = await startForm(workDir, (own, root) => {
      layer(own, 'low', 'dir/old', 'deep/a/b/old', 'far/away/old');
      const [upper, work] = ['upper', 'work'].map((name) => layer(own, name));
      return `mount -t overlay o -o lowerdir=${own}/low:${root},upperdir=${upper},workdir=${work} ${own}/merged`;
    });
    let isRunning = true;
    try {
      const { layers } = await nsviewJson(layersOutputSchema, ['layers', ref]);
      const { init, ...rest } = containerFixture(0, { layers });
      if (init === null) throw new Error('no process');
      const container = { ...rest, init: { ...init, pid, startTicks: startTicksOf(pid) } };
      const question: TreeQuestion = {
        container,
        openness: { opened: new Set(['/dir']), closed: new Set(), changesOnly: false },
        versionsOf: null,
        search: null,
        use: false,
      };
      let last: Listing | null = null;
      const listing = () => last as Listing | null;
      const failures: unknown[] = [];
      let isPaused = false;
      const ask = openLayerTree(
        host,
        (error) => failures.push(error),
        () => isPaused,
      );
      const listen = (answer: TreeAnswer): void => {
        last = answer.kind === 'directories' ? answer : last;
      };
      const entry = (directory: string, name: string) =>
        listing()
          ?.directories.get(directory)
          ?.entries.find((one) => one.name === name);
      const seen = (what: string, holds: () => boolean) => waitUntil(what, holds, SEEN_MS);
      const inside = (at: string) => `/proc/${pid}/root${at}`;

      ask(question, listen);
      await waitUntil('a first answer', () => listing() !== null);
      expect(listing()).toMatchObject({ isWatched: true, problems: [] });
      // `/` and `/dir` are shown; of the writable branch all are watched.
      const written = (await run('find', path.join(base, 'upper'), '-type', 'd')).trim().split('\n').length;
      expect(watches()).toBe(before + 2 + written);

      writeFileSync(inside('/dir/new'), '12');
      await seen('a new file', () => entry('/dir', 'new')?.state === 'added');
      appendFileSync(inside('/dir/new'), '345');
      await seen('bytes added to it', () => entry('/dir', 'new')?.version?.entry.sizeBytes === 5);
      chmodSync(inside('/dir/old'), 0o700);
      await seen('another mode', () => entry('/dir', 'old')?.state === 'changed');
      rmSync(inside('/dir/old'));
      await seen('a deletion', () => entry('/dir', 'old')?.kind === 'deleted');
      // Below a directory that is closed, of which the writable branch had nothing yet.
      expect(entry('/', 'deep')?.state).toBe(null);
      writeFileSync(inside('/deep/a/b/new'), '');
      await seen('a change deep below', () => entry('/', 'deep')?.state === 'within');
      // Another directory of the same name.
      renameSync(inside('/dir/new'), inside('/moved'));
      rmSync(inside('/dir'), { recursive: true });
      mkdirSync(inside('/dir'));
      await seen('one that is empty', () => entry('/', 'moved') !== undefined && entry('/dir', 'new') === undefined);
      writeFileSync(inside('/dir/later'), '');
      await seen('a file in the other one', () => entry('/dir', 'later')?.state === 'added');

      // What alone is changed is shown opened by itself.
      ask({ ...question, openness: { ...question.openness, changesOnly: true } }, listen);
      await seen('the changes', () => entry('/deep/a/b', 'new')?.state === 'added');
      writeFileSync(inside('/deep/a/b/again'), '');
      await seen('a change beside another', () => entry('/deep/a/b', 'again')?.state === 'added');
      mkdirSync(inside('/far/away/made'));
      await seen('a way to another change', () => entry('/far/away', 'made')?.state === 'added');

      // In a pause what is shown stays, and the next sample shows what became of it.
      isPaused = true;
      const shown = listing();
      const told = watches();
      writeFileSync(inside('/far/away/paused'), '');
      await seen('the kernel telling', () => watches() < told);
      expect(listing()).toBe(shown);
      isPaused = false;
      ask({ ...question, openness: { ...question.openness, changesOnly: true } }, listen);
      await seen('it after the pause', () => entry('/far/away', 'paused')?.state === 'added');

      // At the bound of inotify it is read with each sample, and that is said.
      const full = { status: 'unsupported', path: '/', code: 'ENOSPC' } as const;
      const inRoot = host.branchesIn;
      if (inRoot === undefined) throw new Error('the native part is missing');
      const bounded = { ...host, branchesIn: (of: number) => ({ ...inRoot(of), watch: () => full }) };
      const answers: TreeAnswer[] = [];
      const sampled = openLayerTree(
        bounded,
        (error) => failures.push(error),
        () => false,
      );
      for (const count of [1, 2]) {
        sampled(question, (answer) => answers.push(answer));
        await seen('an answer to each sample', () => answers.length === count);
      }
      expect(answers).toMatchObject([{ isWatched: false }, { isWatched: false }]);
      sampled(null, listen);

      // The tab is open still: neither the mount nor the branch is held.
      await stop();
      isRunning = false;
      await waitUntil('the end of the process', () => !existsSync(`/proc/${pid}`));
      const still = listing();
      await run('rm', '-r', path.join(base, 'upper'));
      await seen('that nothing is left to watch', () => watches() === before);
      expect(listing()?.directories.size).toBe(still?.directories.size);
      expect(listing()?.problems).toEqual([]);
      ask(null, listen);
      expect(watches()).toBe(before);
      expect(failures).toEqual([]);
    } finally {
      if (isRunning) await stop();
    }
  });
});
