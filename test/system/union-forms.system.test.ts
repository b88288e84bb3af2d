import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { diffSchema, layersPathSchema } from '../../src/model/document/branch-paths.ts';
import { layersOutputSchema } from '../../src/model/document/outputs.ts';
import { encodeName } from '../../src/probes/odd-name.ts';
import { openHost } from '../../src/probes/open-host.ts';
import { isInstalled } from '../support/command.ts';
import { nsview, nsviewJson } from '../support/nsview.ts';
import { expectTruth, layer, setAttribute, startForm } from '../support/union-form.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const workDir = makeWorkDir();
const host = openHost();
afterAll(async () => {
  host.close();
  await removeWorkDir(workDir);
});

const bySystemCalls = (...args: readonly string[]) =>
  [process.execPath, fileURLToPath(new URL('../support/mount-overlay.ts', import.meta.url)), ...args]
    .map((arg) => `'${arg}'`)
    .join(' ');

type Form = {
  /** Makes what is to be mounted in `base`, with `root` at the bottom: the script that mounts it at `merged`. */
  readonly mounts: (base: string, root: string) => string;
  /** Names of the branches in `base`, top first; the bottom is `root`. */
  readonly branches: readonly string[];
  readonly told: { readonly [path: string]: object };
  readonly changes?: readonly string[];
};

const odd = ['a,b', 'c:d', 'e\\f', 'line\nbreak', 'ta\tb', 'sp ace', 'é漢', '\\040', '#x=y'];
const many = Array.from({ length: 160 }, (_, index) => `b${index}`);

const forms: { readonly [name: string]: Form } = {
  'named relative to where the mounter was, as containerd names them': {
    mounts(base, root) {
      layer(base, 'one/fs', 'in', 'both');
      layer(base, 'two/fs', 'both');
      mkdirSync(path.join(base, 'bottom'));
      mkdirSync(path.join(base, 'top/fs'), { recursive: true });
      mkdirSync(path.join(base, 'top/work'));
      const options = `lowerdir=one/fs:two/fs:bottom/fs,upperdir=${base}/top/fs,workdir=${base}/top/work`;
      return `cp -a ${root} ${base}/bottom/fs; cd ${base}; mount -t overlay o -o ${options} merged`;
    },
    branches: ['top/fs', 'one/fs', 'two/fs', 'bottom/fs'],
    told: { '/both': { providedBy: 1, shadows: [{ index: 2 }] } },
  },
  'of odd names, without a writable one': {
    mounts(base, root) {
      for (const [at, name] of odd.entries()) layer(base, name, `only-${at}`, 'all', 'd/e', `d/${at}`);
      const lowers = odd.flatMap((name) => ['lowerdir+', path.join(base, name)]);
      return bySystemCalls(path.join(base, 'merged'), ...lowers, 'lowerdir+', root);
    },
    branches: odd,
    told: {
      '/all': { providedBy: 0, state: null, shadows: odd.slice(1).map((_, at) => ({ index: at + 1 })) },
      '/only-7': { providedBy: 7, shadows: [] },
    },
  },
  'more than 128': {
    mounts(base, root) {
      for (const name of many) layer(base, name, `only-${name}`, 'all');
      const [upper, work] = ['upper', 'work'].map((name) => layer(base, name));
      const lowers = [...many.map((name) => path.join(base, name)), root].flatMap((at) => ['lowerdir+', at]);
      const over = ['upperdir', upper ?? '', 'workdir', work ?? ''];
      return `${bySystemCalls(path.join(base, 'merged'), ...lowers, ...over)}
        cd ${base}; rm merged/all; printf upper > merged/only-b9; printf upper > merged/mine`;
    },
    branches: ['upper', ...many],
    told: {
      '/all': { kind: 'deleted', state: 'deleted', shadows: [{ kind: 'whiteout' }, ...many.map(() => ({}))] },
      '/only-b159': { providedBy: 160, shadows: [] },
      '/only-b9': { providedBy: 0, state: 'changed', shadows: [{ index: 10 }] },
    },
    changes: ['D /all', 'A /mine', 'C /only-b9'],
  },
  'with marks in attributes of users': {
    mounts(base, root) {
      const top = layer(base, 'top', 'opaque/new', 'x/gone', 'x/kept');
      layer(base, 'low', 'opaque/old', 'opaque/sub/old', 'x/gone', 'x/low');
      writeFileSync(path.join(top, 'x/gone'), '');
      setAttribute(path.join(top, 'opaque'), 'user.overlay.opaque', 'y');
      setAttribute(path.join(top, 'x'), 'user.overlay.opaque', 'x');
      setAttribute(path.join(top, 'x/gone'), 'user.overlay.whiteout', 'y');
      const [upper, work] = ['upper', 'work'].map((name) => layer(base, name));
      return `mount -t overlay o -o userxattr,lowerdir=${top}:${base}/low:${root},upperdir=${upper},workdir=${work} ${base}/merged
        cd ${base}/merged; rm -r opaque; mkdir opaque; printf upper > opaque/again`;
    },
    branches: ['upper', 'top', 'low'],
    told: {
      '/x/gone': { kind: 'deleted', state: null, shadows: [{ index: 1, kind: 'whiteout' }, { index: 2 }] },
      '/x/low': { providedBy: 2 },
      '/opaque/new': { kind: 'deleted', state: 'deleted', shadows: [{ index: 0, kind: 'opaque' }, { index: 1 }] },
      '/opaque/old': { kind: 'deleted', state: null },
    },
    changes: ['C /opaque', 'A /opaque/again', 'D /opaque/new'],
  },
  'with metacopies, redirects and a data-only one, read-only': {
    mounts(base, root) {
      for (const name of ['made', 'work']) layer(base, name);
      layer(base, 'low', 'dir/inner', 'dir/other');
      layer(base, 'data', 'blob');
      const flags = 'metacopy=on,redirect_dir=on';
      return `cd ${base}
        mount -t overlay o -o lowerdir=low:data,upperdir=made,workdir=work,${flags} merged
        mkdir merged/d; mv merged/blob merged/d/file; mv merged/dir merged/moved; chmod 600 merged/moved/inner; umount merged
        find made -type c -delete
        mount -t overlay o -o lowerdir=${base}/made:${base}/low:${root}::${base}/data,${flags} merged`;
    },
    branches: ['made', 'low', '', 'data'],
    told: {
      '/d/file': { providedBy: 0, shadows: [{ index: 3, path: '/blob' }] },
      '/moved/inner': { providedBy: 0, shadows: [{ index: 1, path: '/dir/inner' }] },
      '/moved/other': { providedBy: 1, shadows: [] },
      '/dir/inner': { providedBy: 1 },
    },
  },
  'with hard links, a moved directory and files in the place of directories': {
    mounts(base, root) {
      layer(base, 'low', 'tree/a/b', 'other/c', 'linked', 'mode');
      const [upper, work] = ['upper', 'work'].map((name) => layer(base, name));
      return `mount -t overlay o -o redirect_dir=on,lowerdir=${base}/low:${root},upperdir=${upper},workdir=${work} ${base}/merged
        cd ${base}/merged; mv tree moved; printf upper > tree; rm -r other; printf upper > other
        printf upper > linked; ln linked again; printf upper > mode; chmod 600 mode`;
    },
    branches: ['upper', 'low'],
    told: {
      '/moved/a/b': { providedBy: 1, shadows: [] },
      '/tree/a/b': { kind: 'deleted', state: 'deleted' },
      '/other': { providedBy: 0, state: 'changed', kind: 'file', shadows: [{ index: 1, kind: 'dir' }] },
      '/other/c': { kind: 'deleted', shadows: [{ index: 0 }, { index: 1 }] },
      '/again': { providedBy: 0, state: 'added' },
    },
    changes: ['A /again', 'C /linked', 'C /mode', 'A /moved', 'A /moved/a', 'A /moved/a/b', 'C /other', 'C /tree'],
  },
};
const isRoot = process.getuid?.() === 0 && isInstalled('pivot_root');
describe.skipIf(!isRoot)('a root of branches', () => {
  it.each(Object.entries(forms))('%s', async (_, { mounts, branches, told, changes }) => {
    const { pid, stop, base, ref } = await startForm(workDir, mounts);
    try {
      const { layers } = await nsviewJson(layersOutputSchema, ['layers', ref]);
      if (layers === null) throw new Error('no layers');
      const named = layers.branches.map(({ path: at }) =>
        path.relative(base, at).startsWith('..') ? '' : path.relative(base, at),
      );
      expect(named.filter((name, at) => name !== '' || branches[at] === '')).toEqual(branches);
      expectTruth(host, pid, base, layers);
      for (const [at, answer] of Object.entries(told)) {
        expect(await nsviewJson(layersPathSchema, ['layers', ref, at])).toMatchObject(answer);
      }
      const { stdout, stderr } = await nsview(['diff', ref]);
      expect(stderr).toBe('');
      if (changes !== undefined) expect(stdout.split('\n').filter((line) => line !== '')).toEqual(changes);
    } finally {
      await stop();
    }
  });

  it('with names that are bytes and no text, each of which is told of', async () => {
    const bytes = ['odd\xff\xfename', 'cut\xc3', 'cut'].map((name) => Buffer.from(name, 'latin1'));
    const texts = ['line\nbreak', 'e\x1b[31m', 'é', '\\', 'sp ace', '\ufffd'].map((name) => Buffer.from(name));
    const names = [...bytes, ...texts];
    const { pid, base, ref, stop } = await startForm(workDir, (own, root) => {
      const [upper, work] = ['upper', 'work'].map((name) => layer(own, name));
      return `mount -t overlay o -o lowerdir=${root},upperdir=${upper},workdir=${work} ${own}/merged`;
    });
    try {
      const root = Buffer.from(`/proc/${pid}/root/`);
      for (const name of names) writeFileSync(Buffer.concat([root, name]), '');
      const { changes } = await nsviewJson(diffSchema, ['diff', ref]);
      const told = changes.map(({ kind, path: at }) => `${kind} ${encodeName(at).subarray(1, -1).toString('hex')}`);
      const real = readdirSync(path.join(base, 'upper'), 'buffer').map((name) => `A ${name.toString('hex')}`);
      expect(told.sort()).toEqual(real.sort());
      const { stdout } = await nsview(['diff', ref]);
      expect(stdout.split('\n')).toHaveLength(real.length);
      expect(stdout).not.toContain('\x1b');
    } finally {
      await stop();
    }
  });
});
