import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import type { MountLine } from '../../src/model/mountinfo.ts';
import { findBranches } from '../../src/probes/layers/branch-paths.ts';
import { parseOverlayOptions } from '../../src/probes/layers/overlay.ts';
import { openHost } from '../../src/probes/open-host.ts';
import { parseMountinfo } from '../../src/probes/proc/mountinfo.ts';
import { cleanEnvironment, isInstalled } from '../support/command.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

/** Names that mounters, the kernel or we could trip over. */
const oddNames = ['plain', 'l 1', 'l,2', 'l:3', 'l\\4', 'tab\tname', 'line\nname', 'a=b#c', 'é漢😀', '\\', ':', ',,'];

const workDir = makeWorkDir();
const host = openHost();
afterAll(async () => {
  host.close();
  await removeWorkDir(workDir);
});

/** Directories of these names in a folder of their own, and `m/merged` to mount on. */
function makeDirectories(folder: string, names: readonly string[]): string {
  const base = path.join(workDir, folder);
  for (const name of [...names, 'm/merged', 'work']) mkdirSync(path.join(base, name), { recursive: true });
  return base;
}

/** Runs a mounting program in a mount namespace that ends with it. Returns the mount table it printed, or why not. */
async function mountApart(base: string, command: readonly string[]): Promise<readonly MountLine[] | string> {
  const { stdout, stderr, exitCode } = await execa('unshare', ['-m', '--propagation', 'private', ...command], {
    cwd: base,
    env: { ...cleanEnvironment, LIBMOUNT_FORCE_MOUNT2: 'always' },
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    stripFinalNewline: false,
  });
  const mounts = parseMountinfo(stdout);
  return exitCode === 0 && mounts.status === 'ok' ? mounts.value : stderr.trim();
}

function branchesOf(mounts: readonly MountLine[], base: string) {
  const mount = mounts.find(({ target }) => target === path.join(base, 'm/merged'));
  if (mount === undefined) throw new Error('it is not mounted');
  const around = { hostMounts: mounts, supervisorMounts: null, storageRoots: [] };
  const { upper, lowers, problems } = findBranches(host, mount.device, parseOverlayOptions(mount.superOptions), around);
  expect(problems).toEqual([]);
  return {
    upper: upper?.path ?? null,
    lowers: lowers.map((lower) => lower.path),
    data: lowers.map((lower) => lower.data),
  };
}

const escaped = (name: string) => name.replace(/[\\:,]/g, '\\$&');
const bySystemCalls = (base: string, ...options: readonly string[]) => [
  process.execPath,
  fileURLToPath(new URL('../support/mount-overlay.ts', import.meta.url)),
  path.join(base, 'm/merged'),
  ...options,
];

describe.skipIf(process.getuid?.() !== 0 || !isInstalled('unshare'))('a real overlay mount', () => {
  it('of oddly named directories, relative, by mount(2)', async () => {
    const base = makeDirectories('old', [...oddNames, 'u,pp\\er 1']);
    const options = `lowerdir=${oddNames.map(escaped).join(':')},upperdir=${escaped('u,pp\\er 1')},workdir=work`;
    const mounts = await mountApart(base, bySystemCalls(base, options));
    if (typeof mounts === 'string') throw new Error(mounts);
    expect(branchesOf(mounts, base)).toMatchObject({
      upper: path.join(base, 'u,pp\\er 1'),
      lowers: oddNames.map((name) => path.join(base, name)),
    });
  });

  it('of 128 directories, by mount(8)', async () => {
    const names = Array.from({ length: 128 }, (_, index) => `layer-${index}`);
    const base = makeDirectories('many', [...names, 'upper']);
    const options = `lowerdir=${names.join(':')},upperdir=upper,workdir=work`;
    const script = 'mount -t overlay overlay -o "$1" m/merged && cat /proc/self/mountinfo';
    const mounts = await mountApart(base, ['sh', '-c', script, 'sh', options]);
    if (typeof mounts === 'string') throw new Error(mounts);
    expect(branchesOf(mounts, base)).toMatchObject({
      upper: path.join(base, 'upper'),
      lowers: names.map((name) => path.join(base, name)),
    });
  });

  it('of directories given one by one, by fsconfig(2)', async ({ skip }) => {
    const base = makeDirectories('new', oddNames);
    const options = oddNames.flatMap((name) => ['lowerdir+', path.join(base, name)]);
    const mounts = await mountApart(base, bySystemCalls(base, ...options));
    if (typeof mounts === 'string') return skip(`this kernel has no lowerdir+: ${mounts}`);
    expect(branchesOf(mounts, base)).toMatchObject({
      upper: null,
      lowers: oddNames.map((name) => path.join(base, name)),
    });
  });

  const dataOptions: { readonly [key: string]: (base: string) => string[] } = {
    lowerdir: (base) => ['lowerdir', `${base}/l 1:${base}/l\\:3::${base}/d1::${base}/d2`],
    'datadir+': (base) =>
      [
        ['lowerdir+', 'l 1'],
        ['lowerdir+', 'l:3'],
        ['datadir+', 'd1'],
        ['datadir+', 'd2'],
      ].flatMap(([key = '', name = '']) => [key, path.join(base, name)]),
  };

  for (const [key, options] of Object.entries(dataOptions)) {
    it(`with data-only layers, by ${key}`, async ({ skip }) => {
      const base = makeDirectories(`data-${key}`, ['l 1', 'l:3', 'd1', 'd2']);
      const mounts = await mountApart(
        base,
        bySystemCalls(base, ...options(base), 'metacopy', 'on', 'redirect_dir', 'on'),
      );
      if (typeof mounts === 'string') return skip(`this kernel has no data-only layers: ${mounts}`);
      expect(branchesOf(mounts, base)).toEqual({
        upper: null,
        lowers: ['l 1', 'l:3', 'd1', 'd2'].map((name) => path.join(base, name)),
        data: [false, false, true, true],
      });
    });
  }

  it('with an upper named through the new calls', async ({ skip }) => {
    const base = makeDirectories('upper', ['l', 'u\\4,5']);
    const upper = path.join(base, escaped('u\\4,5'));
    const options = ['lowerdir+', path.join(base, 'l'), 'upperdir', upper, 'workdir', path.join(base, 'work')];
    const mounts = await mountApart(base, bySystemCalls(base, ...options));
    if (typeof mounts === 'string') return skip(`this kernel has no lowerdir+: ${mounts}`);
    expect(branchesOf(mounts, base).upper).toBe(path.join(base, 'u\\4,5'));
  });
});
