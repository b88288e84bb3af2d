import { mkdirSync, rmSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { ok, type Reading } from '../../../src/model/reading.ts';
import { finish } from '../../../src/model/steps.ts';
import type { BranchFiles } from '../../../src/probes/host.ts';
import { watchUnion } from '../../../src/probes/layers/watch-union.ts';
import { openHost } from '../../../src/probes/open-host.ts';
import { startTicksOf } from '../../support/start-ticks.ts';
import { branchesAt, unionAt } from '../../support/union-of-directories.ts';
import { makeWorkDir } from '../../support/work-dir.ts';

const work = makeWorkDir();
const host = openHost();
afterAll(() => {
  host.close();
  rmSync(work, { recursive: true, force: true });
});
const [top, low] = [`${work}/top`, `${work}/low`];
for (const directory of [`${top}/a`, `${low}/a/in`, `${low}/b`]) mkdirSync(directory, { recursive: true });

/** A watch of a union where it is written down what is watched, and each can be made to tell, or not to be had. */
function written(startTicks = startTicksOf(process.pid)) {
  const on = new Map<string, () => void>();
  const asked: string[] = [];
  const refused = new Map<string, Reading<never>>();
  const files = (name: string): BranchFiles => {
    if (host.branches === undefined) throw new Error('no native part');
    return {
      ...host.branches,
      watch(_root, path, onChange) {
        const key = `${name} ${path}`;
        asked.push(key);
        const failure = refused.get(path);
        if (failure !== undefined) return failure;
        on.set(key, () => {
          on.delete(key);
          onChange();
        });
        return ok(() => on.delete(key));
      },
    };
  };
  const { union, reader } = unionAt(host, 'overlay', branchesAt([top, low]));
  const watch = watchUnion(
    { ...host, branches: files('top'), branchesIn: () => files('merged') },
    { pid: process.pid, startTicks },
    { union, branches: reader, watchable: top },
    () => undefined,
  );
  return { watch, asked, refused, on, watched: () => [...on.keys()].sort() };
}

it('has each directory that is shown watched after one reading of it', () => {
  const { watch, watched } = written();
  finish(watch.renew([]));
  watch.keep(['/', '/a', '/a/in', '/b']);
  expect(watched()).toEqual(['merged /', 'merged /a', 'merged /a/in', 'merged /b', 'top /', 'top /a']);
  expect([watch.isWhole(), watch.hasChanged()]).toEqual([true, true]);
});

it('keeps no watch once one cannot be had', () => {
  const { watch, refused, watched, asked } = written();
  finish(watch.renew([]));
  watch.keep(['/', '/a', '/a/in']);
  refused.set('/b', { status: 'unsupported', path: '/b', code: 'ENOSPC' });
  watch.keep(['/', '/a', '/a/in', '/b']);
  expect([watch.isWhole(), watched()]).toEqual([false, []]);
  const before = asked.length;
  finish(watch.renew(['/a']));
  watch.keep(['/', '/a']);
  expect([watch.isWhole(), watched(), asked.length - before]).toEqual([false, [], 0]);
});

it('does not watch anew with each reading what is opened and not shown', () => {
  const { watch, on, watched, asked } = written();
  const read = (...shown: readonly string[]) => {
    const before = asked.length;
    finish(watch.renew(['/a', '/a/in', '/nowhere']));
    watch.keep(shown);
    return asked.slice(before).filter((each) => each.startsWith('merged'));
  };
  read('/', '/a');
  on.get('merged /a')?.();
  expect(read('/', '/a')).toEqual(['merged /a']);
  expect(read('/', '/a')).toEqual([]);
  // Its parent is opened again.
  expect(read('/', '/a', '/a/in')).toEqual(['merged /a/in']);
  expect(watch.hasChanged()).toBe(true);
  expect(read('/', '/a', '/a/in')).toEqual([]);
  expect(watched()).toEqual(['merged /', 'merged /a', 'merged /a/in', 'top /', 'top /a']);
});

it('tells of a directory that went meanwhile, and of one that cannot be watched', () => {
  const went = written();
  went.refused.set('/b', { status: 'unsupported', path: '/b', code: 'ENOENT' });
  finish(went.watch.renew(['/b']));
  expect(went.watch.isWhole()).toBe(true);
  const unnamed = written();
  unnamed.refused.set('/b', { status: 'unsupported', path: '/b', code: 'ENOSYS' });
  finish(unnamed.watch.renew(['/b']));
  expect(unnamed.watch.isWhole()).toBe(false);
});

it('does not watch what another process has that got the number', () => {
  const { watch, watched } = written(startTicksOf(process.pid) - 1);
  finish(watch.renew(['/a']));
  watch.keep(['/', '/a']);
  expect(watched()).toEqual(['top /', 'top /a']);
});
