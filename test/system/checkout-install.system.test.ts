import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { cleanEnvironment } from '../support/command.ts';
import { launcher } from '../support/nsview.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const CHECKOUT = path.join(path.dirname(launcher), '..');

let work = '';
beforeAll(() => {
  work = makeWorkDir();
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) {
    copyFileSync(path.join(CHECKOUT, name), path.join(work, name));
  }
});
afterAll(() => removeWorkDir(work));

it('npm install leaves the lockfile as it is committed, names no registry in it, and warns of nothing', () => {
  const before = readFileSync(path.join(work, 'package-lock.json'), 'utf8');
  const { status, stderr } = spawnSync('npm', ['install', '--package-lock-only', '--offline', '--ignore-scripts'], {
    cwd: work,
    encoding: 'utf8',
    env: { ...process.env, ...cleanEnvironment },
  });
  expect([status, stderr]).toEqual([0, '']);
  expect(readFileSync(path.join(work, 'package-lock.json'), 'utf8')).toBe(before);
  expect(before).not.toContain('"resolved"');
});
