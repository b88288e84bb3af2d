import { mkdirSync, rmSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, expect, it } from 'vitest';
import { openLayerTree } from '../src/layer-tree.ts';
import type { TreeAnswer, TreeQuestion } from '../src/model/layers/tree.ts';
import { ok } from '../src/model/reading.ts';
import type { BranchFiles } from '../src/probes/host.ts';
import { openHost } from '../src/probes/open-host.ts';
import { containerFixture } from './support/container-fixture.ts';
import { startTicksOf } from './support/start-ticks.ts';
import { branchesAt } from './support/union-of-directories.ts';
import { waitUntil } from './support/wait-until.ts';
import { makeWorkDir } from './support/work-dir.ts';

const work = makeWorkDir();
const real = openHost();
afterAll(() => {
  real.close();
  rmSync(work, { recursive: true, force: true });
});

const question: TreeQuestion = {
  container: containerFixture(0, { layers: null }),
  openness: { opened: new Set(), closed: new Set(), changesOnly: false },
  versionsOf: null,
  search: null,
  use: false,
};

it('what fails is told, and the next question is answered all the same', async () => {
  const failures: unknown[] = [];
  const answers: TreeAnswer[] = [];
  const ask = openLayerTree(
    openHost({}, { native: false }),
    (error) => failures.push(error),
    () => false,
  );
  const failure = new Error('a fault of ours');
  ask(question, () => {
    throw failure;
  });
  await nextTurn();
  expect(failures).toEqual([failure]);
  ask(question, (answer) => answers.push(answer));
  await nextTurn();
  expect(answers).toMatchObject([{ kind: 'directories', problems: [{ code: 'ENOENT' }] }]);
});

/** Answers of a union that is not watched, where it takes so long to read what the process has in `/`. */
function askedOften(spentMs: number) {
  const { branches, readText } = real;
  if (branches === undefined) throw new Error('no native part');
  let compared = 0;
  const files: BranchFiles = {
    ...branches,
    watch: () => ({ status: 'unsupported', path: '/', code: 'ENOSPC' }),
    part(_root, path, asked, from) {
      compared += 1;
      for (const until = performance.now() + spentMs; performance.now() < until; );
      return branches.part(`${work}/top`, path, asked, from);
    },
  };
  mkdirSync(`${work}/top/etc`, { recursive: true });
  const container = containerFixture(0);
  if (container.layers === null || container.init === null) throw new Error('no union');
  const answers: TreeAnswer[] = [];
  const ask = openLayerTree(
    {
      ...real,
      branchesIn: () => files,
      readText: (path, missing) =>
        path === `/proc/${process.pid}/mountinfo`
          ? ok('1 0 0:9 / / rw - overlay overlay rw\n')
          : readText(path, missing),
    },
    (error) => {
      throw error;
    },
    () => false,
  );
  const own = {
    ...container,
    layers: { ...container.layers, branches: branchesAt([`${work}/top`]) },
    init: { ...container.init, pid: process.pid, startTicks: startTicksOf(process.pid) },
  };
  return {
    answers,
    compared: () => compared,
    async next() {
      const before = answers.length;
      ask({ ...question, container: own }, (answer) => answers.push(answer));
      await waitUntil('an answer', () => answers.length > before, 5000);
    },
  };
}

it('the branches are compared with the root of the process once, and not with each sample', async () => {
  const { next, answers, compared } = askedOften(0);
  for (let count = 0; count < 4; count += 1) await next();
  expect(answers).toMatchObject(Array.from({ length: 4 }, () => ({ isWatched: false, everyMs: null })));
  expect(compared()).toBe(1);
});

it('what that comparison takes counts for how often is looked', async () => {
  const { next, answers } = askedOften(200);
  await next();
  const [first] = answers;
  expect(first?.kind === 'directories' ? first.everyMs : null).toBeGreaterThan(200);
});
