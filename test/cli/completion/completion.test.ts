import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { completionTree } from '../../../src/cli/completion/command-tree.ts';
import { shells } from '../../../src/cli/completion/completion.ts';
import { buildWholeProgram } from '../../../src/cli/whole-program.ts';
import { isInstalled } from '../../support/command.ts';

const tree = completionTree(buildWholeProgram());

/** What `nsview ps` prints to the completion: names of strangers among them. */
const LISTED = `ID            NAME
aaaa00000000  web
bbbb00000000  $(touch\u00a0pwned)
cccc00000000  \`touch pwned\`
pid:7001@912  (sh)
`;

describe('completion', () => {
  let work = '';
  beforeAll(() => {
    work = mkdtempSync(path.join(os.tmpdir(), 'nsview-test-'));
    for (const { file, script } of Object.values(shells)) writeFileSync(path.join(work, file), script(tree));
    writeFileSync(path.join(work, 'listed'), LISTED);
    writeFileSync(path.join(work, 'nsview'), `#!/bin/sh\nexec cat '${work}/listed'\n`);
    chmodSync(path.join(work, 'nsview'), 0o755);
  });
  afterAll(() => {
    rmSync(work, { recursive: true, force: true });
  });

  function complete(...words: string[]): string[] {
    const script = `source "$0/nsview.bash"; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _nsview; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const env = { PATH: `${work}:${process.env['PATH']}`, LANG: 'C.UTF-8' };
    const out = execFileSync('bash', ['--norc', '-c', script, work, 'nsview', ...words], {
      encoding: 'utf8',
      cwd: work,
      env,
    });
    return out.split('\n').filter((line) => line !== '');
  }

  it('bash completes verbs, at once and after global flags', () => {
    expect(complete('sta')).toEqual(['stats']);
    expect(complete('')).toEqual(expect.arrayContaining(['ps', 'inspect', 'doctor', 'completion', '--proc']));
    expect(complete('--engine', 'none', 'do')).toEqual(['doctor']);
    expect(complete('--no-color', 'c')).toEqual(['cgroup', 'completion']);
  });

  it('bash completes flags of the verb and global ones', () => {
    expect(complete('ps', '--no')).toEqual(['--no-trunc', '--no-color']);
    expect(complete('stats', '--int')).toEqual(['--interval']);
    expect(complete('ps', '--sort', 'na')).toEqual(['name']);
    expect(complete('ps', '--filter', 'st')).toEqual(['status=']);
    expect(complete('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(complete('stats', '--count', '')).toEqual([]);
  });

  it('bash completes containers, and runs nothing that their names say', () => {
    expect(complete('inspect', '')).toEqual(['aaaa00000000', 'web', 'bbbb00000000', 'cccc00000000', 'pid:7001@912']);
    expect(complete('--engine', 'none', 'top', 'w')).toEqual(['web']);
  });

  it.each([
    ['bash', 'nsview.bash'],
    ['zsh', '_nsview'],
    ['fish', 'nsview.fish'],
  ])('%s can read it', (shell, file) => {
    if (isInstalled(shell)) {
      execFileSync(shell, ['-n', path.join(work, file)]);
    }
    const text = readFileSync(path.join(work, file), 'utf8');
    for (const { name } of tree.commands) expect(text).toContain(name);
  });

  it.runIf(isInstalled('fish'))('fish completes verbs and flags', () => {
    const ask = (line: string): string =>
      execFileSync('fish', ['--no-config', '-c', `source ${work}/nsview.fish; complete -C '${line}'`], {
        encoding: 'utf8',
      });
    expect(ask('nsview st')).toMatch(/^stats\t/);
    expect(ask('nsview ps --no-t')).toMatch(/^--no-trunc\t/);
  });

  it('the shipped scripts are these', () => {
    for (const { file, script } of Object.values(shells)) {
      expect(readFileSync(new URL(`../../../docs/completions/${file}`, import.meta.url), 'utf8')).toBe(script(tree));
    }
  });
});
