import { mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { UNMARKED } from '../../../src/model/layers/entry.ts';
import { unionOf } from '../../../src/model/layers/union.ts';
import { ok } from '../../../src/model/reading.ts';
import { finish } from '../../../src/model/steps.ts';
import type { Host } from '../../../src/probes/host.ts';
import { openBranches } from '../../../src/probes/layers/open-branches.ts';
import { otherRoot } from '../../../src/probes/layers/other-root.ts';
import { openHost } from '../../../src/probes/open-host.ts';
import { memoryHost } from '../../support/memory-host.ts';
import { mountLines } from '../../support/mount-line.ts';
import { branchesAt } from '../../support/union-of-directories.ts';
import { makeWorkDir } from '../../support/work-dir.ts';

const work = makeWorkDir();
const real = openHost();
afterAll(() => {
  real.close();
  rmSync(work, { recursive: true, force: true });
});

const directories = ['upper', 'lower'].map((name) => path.join(work, name));
for (const [at, directory] of directories.entries()) mkdirSync(path.join(directory, `from-${at}`), { recursive: true });

/** It started at tick 70. */
const stat = `7 (sh) S 1 ${'0 '.repeat(17)}70 0 ${'0 '.repeat(28)}\n`;

/** What is said of a process whose root shows these names, and how often that root was asked for them. */
function said(names: readonly string[], mountsHere: string, startTicks = 70) {
  const branches = branchesAt(directories);
  const union = unionOf({ driver: 'overlay', options: {}, branches });
  if (union === null || real.branches === undefined) throw new Error('no union, or no native part');
  let asked = 0;
  const files: ReturnType<NonNullable<Host['branchesIn']>> = {
    ...real.branches,
    part() {
      asked += 1;
      return ok({ entries: names.map((name) => ({ name, kind: 'dir' as const, marks: UNMARKED })), more: null });
    },
  };
  const host = {
    ...memoryHost(`=== proc/7/mountinfo\n1 0 0:9 / / rw - overlay overlay rw\n=== proc/7/stat\n${stat}`),
    branchesIn: () => files,
  };
  const open = {
    union,
    branches: openBranches(real, union, branches, mountLines(mountsHere)),
    watchable: null,
  };
  return { problem: finish(otherRoot(host, { pid: 7, startTicks }, open)), asked };
}

it('is told by a name that only one of the two has', () => {
  const disk = '1 0 8:1 / / rw - ext4 disk rw\n';
  expect(said(['from-0', 'from-1'], disk)).toEqual({ problem: null, asked: 1 });
  expect(said(['from-0', 'elsewhere'], disk)).toMatchObject({
    problem: { path: '/elsewhere', code: 'ESTALE' },
    asked: 2,
  });
});

it('is not asked where a daemon answers for a branch: it might never', () => {
  const fuse = `1 0 8:1 / / rw - ext4 disk rw\n2 1 0:50 / ${directories[1]} rw - fuse.slow slow rw\n`;
  expect(said(['from-0', 'elsewhere'], fuse)).toEqual({ problem: null, asked: 0 });
});

it('is not asked of another process that has the number by now', () => {
  const disk = '1 0 8:1 / / rw - ext4 disk rw\n';
  expect(said(['from-0', 'elsewhere'], disk, 69)).toEqual({ problem: null, asked: 0 });
});
