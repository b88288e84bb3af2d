import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { releaseCommands } from '../../src/present/release-commands.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

let dir = '';

beforeEach(() => {
  dir = makeWorkDir();
});
afterEach(() => removeWorkDir(dir));

it.each(['plain', 'a b', "it's", '$(touch other)', 'x; touch other', '"', '*'])(
  'a shell writes the number where the process was and removes its group, below a group called %s',
  (name) => {
    const was = path.join(dir, name);
    const groups = ['one', 'two'].map((each) => path.join(was, each));
    for (const group of groups) {
      mkdirSync(group, { recursive: true });
    }
    const commands = releaseCommands(4321, Object.fromEntries(groups.map((group) => [group, was])));
    for (const text of [commands.slice(0, 2).join(' && '), commands.slice(2).join('\n')]) {
      execFileSync('sh', ['-ec', text], { cwd: dir });
    }
    expect(readFileSync(path.join(was, 'cgroup.procs'), 'utf8')).toBe('4321\n');
    expect([...groups, path.join(dir, 'other')].map((each) => existsSync(each))).toEqual([false, false, false]);
  },
);
