import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeDirectories } from '../../../src/runtime/state/make-directories.ts';

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'nsview-test-'));
});
afterEach(() => rmSync(place, { recursive: true }));

const modeOf = (path: string) => statSync(path).mode & 0o777;

it('makes all that are missing, and leaves those that are there as they are', () => {
  makeDirectories(`${place}/a/b/c`, 0o700);
  makeDirectories(`${place}/a/b/c`, 0o755);
  expect([modeOf(`${place}/a`), modeOf(`${place}/a/b/c`)]).toEqual([0o700, 0o700]);
});

it('follows a link to a directory', () => {
  makeDirectories(`${place}/real`, 0o700);
  symlinkSync('real', `${place}/link`);
  makeDirectories(`${place}/link/below`, 0o700);
  expect(statSync(`${place}/real/below`).isDirectory()).toBe(true);
});

it.each([
  ['a file', 'file', 'EEXIST'],
  ['something below a file', 'file/below', 'ENOTDIR'],
  ['a link to nowhere', 'nowhere', 'EEXIST'],
])('is refused where %s stands in the way', (_, path, code) => {
  writeFileSync(`${place}/file`, '');
  symlinkSync('/nsview-nowhere/at/all', `${place}/nowhere`);
  expect(() => makeDirectories(`${place}/${path}`, 0o700)).toThrow(expect.objectContaining({ code }));
});

it.each(['/proc/nsview-none', '/proc/nsview-none/a/b', '/proc/self/nsview-none/a'])(
  'returns where the kernel makes none: %s',
  (path) => {
    expect(() => makeDirectories(path, 0o700)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  },
);
