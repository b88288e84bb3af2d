import { mkdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { checkUnion } from '../../../src/runtime/union/check-union.ts';
import { makeWorkDir } from '../../support/work-dir.ts';

const work = realpathSync(makeWorkDir());
afterAll(() => rmSync(work, { recursive: true, force: true }));
const at = (name: string) => path.join(work, name);
for (const name of ['A/inner', 'B', 'BB', 'empty', 'full']) mkdirSync(at(name), { recursive: true });
writeFileSync(at('file'), '');
writeFileSync(at('full/one'), '');
symlinkSync('A', at('link'));
symlinkSync('nowhere', at('dangling'));

const check = (below: string, above: string, target: string | null = null, uid = 0) =>
  checkUnion({ below: at(below), above: at(above), at: target === null ? null : at(target) }, uid, uid);

test('lays B above A, by their real paths, on a place that covers neither', () => {
  const spec = check('link', 'B');
  expect(spec).toMatchObject({ lowers: [at('B'), at('A')], at: null, user: null });
  expect(work.startsWith(`${spec.place}/`)).toBe(false);
  // A name that only begins the same is another directory.
  expect(check('B', 'BB').lowers).toEqual([at('BB'), at('B')]);
});

test('an ordinary user gets a user namespace of their own, and marks that work in one', () => {
  expect(check('A', 'B', null, 1000)).toMatchObject({ user: { uid: 1000, gid: 1000 }, userMarks: true });
});

test('is seen where it was asked for by the mounts of whoever asked', () => {
  expect(check('A', 'B', 'empty').at).toMatchObject({ directory: at('empty'), viewer: { pid: process.pid } });
});

test.each([
  ['A', 'A', null, 'the same directory'],
  ['A', 'link', null, 'the same directory'],
  ['A', 'A/inner', null, 'it is within'],
  ['A/inner', 'A', null, 'it is within'],
  ['A', 'file', null, 'not a directory'],
  ['A', 'missing', null, 'no such directory'],
  ['dangling', 'B', null, 'no such directory'],
  ['A', 'B', 'full', 'not empty'],
  ['A', 'B', 'file', 'not a directory'],
  ['A', 'B', 'missing', 'no such directory'],
  ['A', 'B', 'A/inner', 'overlaps'],
])('refuses %s and %s at %s: %s', (below, above, target, why) => {
  expect(() => check(below, above, target)).toThrow(why);
});

test('lets only root mount where others see it', () => {
  expect(() => check('A', 'B', 'empty', 1000)).toThrow('only root');
});
