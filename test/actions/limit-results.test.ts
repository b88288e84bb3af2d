import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { changingWrites } from '../../src/actions/limit-results.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

let dir = '';

beforeEach(() => {
  dir = makeWorkDir();
});
afterEach(() => removeWorkDir(dir));

const KIB = 1024;

it.each([
  ['memory.limit_in_bytes', 64 * KIB * KIB, String((64 * KIB + 32) * KIB), true],
  ['memory.max', (64 * KIB + 32) * KIB, String(64 * KIB * KIB), true],
  ['memory.max', 64 * KIB * KIB, String((64 * KIB + 4) * KIB), true],
  ['memory.max', 64 * KIB * KIB, String(64 * KIB * KIB), false],
  ['memory.limit_in_bytes', '9223372036854771712', '-1', false],
  ['cpu.max', '20000 100000', '20000 100000', false],
  ['cpuset.cpus', '0-1', '0,1', false],
  ['pids.max', 20, 'max', true],
])('%s: %s before, and %s is a change: %s', (name, before, value, changes) => {
  const file = path.join(dir, name);
  writeFileSync(file, `${before}\n`);
  const write = { file, value, optional: false };
  expect(changingWrites([write])).toEqual(changes ? [write] : []);
});

it('a file that a group does not have takes no write, one that is still to be made does', () => {
  const write = { file: path.join(dir, 'cpu.idle'), value: '0', optional: true };
  expect(changingWrites([write])).toEqual([write]);
  writeFileSync(path.join(dir, 'cgroup.procs'), '');
  expect(changingWrites([write])).toEqual([]);
});
