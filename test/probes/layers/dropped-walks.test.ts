import { closeSync, mkdirSync, openSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import type { LayersSample } from '../../../src/model/layers/sample.ts';
import { walkUnion } from '../../../src/model/layers/walk-union.ts';
import { endSteps } from '../../../src/model/steps.ts';
import { openContents } from '../../../src/probes/layers/contents.ts';
import { measureTree, searchTree } from '../../../src/probes/layers/read-tree.ts';
import { walkBranch } from '../../../src/probes/layers/walk.ts';
import { openHost } from '../../../src/probes/open-host.ts';
import { whileWanted } from '../../../src/steps-in-turns.ts';
import { mountLines } from '../../support/mount-line.ts';
import { branchesAt, unionAt } from '../../support/union-of-directories.ts';
import { makeWorkDir } from '../../support/work-dir.ts';

/** More than one call reads, and more than a directory shows. */
const MANY = 6000;

const work = makeWorkDir();
const host = openHost();
const [top, low] = [`${work}/top`, `${work}/low`];
afterAll(() => {
  host.close();
  rmSync(work, { recursive: true, force: true });
});
for (const branch of [top, low]) {
  mkdirSync(`${branch}/large`, { recursive: true });
}
for (let at = 0; at < MANY; at += 1) closeSync(openSync(`${low}/large/${at}`, 'w'));

/** How many directories of the branches this process has open. */
function held(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(work);
    } catch {
      return false;
    }
  }).length;
}

const { union, reader } = unionAt(host, 'overlay', branchesAt([top, low]));
const open = { union, branches: reader, watchable: null };

it.each([
  ['a walk of a branch', () => walkBranch(host, low, ['device'])],
  ['a walk of the union', () => walkUnion(union, reader)],
  ['a search', () => searchTree(open, '77')],
  ['a measurement', () => measureTree(open)],
] as const)('%s that is put down anywhere leaves no directory open', (_name, begin) => {
  let most = 0;
  for (let taken = 1, isDone = false; !isDone && taken < 40; taken += 1) {
    const steps: Generator<unknown, unknown, void> = begin();
    for (let count = 0; count < taken && !isDone; count += 1) {
      isDone = steps.next().done === true;
    }
    most = Math.max(most, held());
    endSteps(steps);
    expect(held()).toBe(0);
  }
  expect(most).toBeGreaterThan(0);
});

it('a search that nobody waits for any more lets go of what it reads', () => {
  let isWanted = true;
  const steps = whileWanted(() => isWanted, walkBranch(host, low, ['device']));
  while (held() === 0 && steps.next().done !== true);
  expect(held()).toBe(1);
  isWanted = false;
  expect(steps.next()).toEqual({ done: true, value: null });
  expect(held()).toBe(0);
});

it('a branch that is on no container any more is let go of in the middle of its walk', () => {
  const [root] = mountLines('1 0 0:30 / / rw - overlay overlay rw\n');
  if (root === undefined) throw new Error('no root');
  const layers: LayersSample = {
    driver: 'overlay',
    root,
    directory: null,
    problems: [],
    branches: branchesAt([low]).map(({ path, role, access }) => ({
      named: path,
      path,
      role,
      access,
      digest: null,
      createdBy: null,
      content: null,
      users: null,
    })),
  };
  const contents = openContents(host);
  const steps = contents.count(layers, Number.POSITIVE_INFINITY, []);
  while (held() === 0 && steps.next().done !== true);
  expect(held()).toBe(1);
  contents.keepOnly([null]);
  expect(held()).toBe(0);
});
