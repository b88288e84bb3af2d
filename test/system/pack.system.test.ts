import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { doctorSchema, psSchema } from '../../src/model/document/outputs.ts';
import { cleanEnvironment } from '../support/command.ts';
import { launcher } from '../support/nsview.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const CHECKOUT = path.join(path.dirname(launcher), '..');

let work = '';
let packed: readonly string[] = [];
let installed = '';
let refusal = '';

/** Packs the checkout and installs the tarball in an empty folder, as a user elsewhere would. */
beforeAll(() => {
  work = makeWorkDir();
  const env = { ...process.env, ...cleanEnvironment };
  const [tarball] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--silent', '--pack-destination', work], {
      cwd: CHECKOUT,
      encoding: 'utf8',
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    }).replace(/^[^[]*/, ''),
  ) as { filename: string; files: { path: string }[] }[];
  packed = tarball?.files.map((file) => file.path) ?? [];
  writeFileSync(path.join(work, 'package.json'), '{}\n');
  const install = spawnSync(
    'npm',
    ['install', '--silent', '--prefer-offline', '--ignore-scripts', '--engine-strict=false', `./${tarball?.filename}`],
    { cwd: work, encoding: 'utf8', env },
  );
  refusal = install.status === 0 ? '' : `npm install: ${install.stderr}`;
  installed = path.join(work, 'node_modules/.bin/nsview');
  mkdirSync(path.join(work, 'path'));
  symlinkSync(process.execPath, path.join(work, 'path/node'));
}, 180_000);
afterAll(async () => {
  await removeWorkDir(work);
});

/** Runs the installed program with a PATH that begins with the given folder: no compiler is needed there. */
function run(node: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(installed, args, {
    maxBuffer: 64 * 1024 ** 2,
    encoding: 'utf8',
    env: { PATH: `${node}:/usr/bin:/bin`, HOME: work, LANG: 'C.UTF-8' },
  });
  return { status, stdout, stderr };
}

describe('the packed tarball', () => {
  it('holds the program, its native library and its documents, and no sources', () => {
    expect(packed).toEqual(
      expect.arrayContaining(['bin/nsview', 'dist/nsview.cjs', 'docs/schema.json', 'docs/completions/nsview.bash']),
    );
    expect(packed.filter((name) => /^(src|test|native|scripts|bench)\//.test(name))).toEqual([]);
    expect(packed).toContain(`dist/native/linux-${process.arch}/libnsview.so`);
  });

  it('installs no dependency, and runs', () => {
    expect(refusal).toBe('');
    const names = readdirSync(path.join(work, 'node_modules')).filter((name) => !name.startsWith('.'));
    expect(names.filter((name) => !name.startsWith('@')).sort()).toEqual(['nsview']);
    const node = path.join(work, 'path');
    expect(run(node, '-V').stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const ps = run(node, 'ps', '--engine', 'none', '--json');
    expect(ps.status).toBe(0);
    psSchema.parse(JSON.parse(ps.stdout));
    const { checks } = doctorSchema.parse(JSON.parse(run(node, 'doctor', '--json').stdout));
    expect(checks.find(({ id }) => id === 'native')?.ok).toBe(true);
  });

  it('says in two lines that a Node is too old', () => {
    const old = path.join(work, 'old');
    mkdirSync(old);
    const fake = `#!/bin/sh\nexec ${process.execPath} --import 'data:text/javascript,Object.defineProperty(process.versions,"node",{value:"20.20.2"})' "$@"\n`;
    writeFileSync(path.join(old, 'node'), fake, { mode: 0o755 });
    expect(run(old, 'ps')).toEqual({
      status: 1,
      stdout: '',
      stderr: 'nsview: cannot start: Node 20.20.2 is too old\nInstall Node 22 or newer.\n',
    });
  });

  it('says so where there is no Node at all', () => {
    const bare = path.join(work, 'bare');
    mkdirSync(bare);
    symlinkSync('/usr/bin/readlink', path.join(bare, 'readlink'));
    const { status, stdout, stderr } = spawnSync('/bin/sh', [installed, 'ps'], {
      encoding: 'utf8',
      env: { PATH: bare },
    });
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^nsview: cannot start: no Node on the PATH\n/);
  });
});
