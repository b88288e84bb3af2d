import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { removeTree } from '../../../src/runtime/lifecycle/remove-tree.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nsview remove-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

it('a tree goes, and one that is gone already is no failure', () => {
  mkdirSync(join(directory, 'tree/below'), { recursive: true });
  writeFileSync(join(directory, 'tree/below/file'), '');
  removeTree(join(directory, 'tree'));
  expect(existsSync(join(directory, 'tree'))).toBe(false);
  removeTree(join(directory, 'tree'));
});

it('what is mounted in it is not emptied', ({ skip }) => {
  skip(process.getuid?.() !== 0, 'mounting takes root');
  const [theirs, mount] = [join(directory, 'theirs'), join(directory, 'tree/a mount')];
  mkdirSync(theirs);
  mkdirSync(mount, { recursive: true });
  writeFileSync(join(theirs, 'kept'), 'theirs');
  execFileSync('mount', ['--bind', theirs, mount]);
  try {
    expect(() => removeTree(join(directory, 'tree'))).toThrow('something is mounted in it (EBUSY)');
    expect(readFileSync(join(theirs, 'kept'), 'utf8')).toBe('theirs');
  } finally {
    execFileSync('umount', [mount]);
  }
  removeTree(join(directory, 'tree'));
  expect(existsSync(join(directory, 'tree'))).toBe(false);
});
