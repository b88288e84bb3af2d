import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { layersPathSchema } from '../../src/model/document/branch-paths.ts';
import { layersOutputSchema } from '../../src/model/document/outputs.ts';
import { openHost } from '../../src/probes/open-host.ts';
import { isInstalled, run } from '../support/command.ts';
import { launcher, nsview, nsviewJson } from '../support/nsview.ts';
import { expectTruth, layer, setAttribute, startForm } from '../support/union-form.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const workDir = makeWorkDir();
const host = openHost();
afterAll(async () => {
  host.close();
  await removeWorkDir(workDir);
});
const isRoot = process.getuid?.() === 0 && isInstalled('pivot_root');
const told = (ref: string, at: string) => nsviewJson(layersPathSchema, ['layers', ref, at]);

describe.skipIf(!isRoot)('a union upon a union', () => {
  const outer = path.join(workDir, 'outer');
  afterAll(() => run('umount', path.join(outer, 'merged')));

  it('has the other one as a branch, with the marks that are in it', async () => {
    const top = layer(outer, 'top', 'sub/new', 'x/gone');
    const low = layer(outer, 'low', 'sub/old', 'x/gone', 'deleted');
    const [upper, work, merged] = ['upper', 'work', 'merged'].map((name) => layer(outer, name));
    await run(
      'mount',
      '-t',
      'overlay',
      'o',
      '-o',
      `lowerdir=${top}:${low},upperdir=${upper},workdir=${work}`,
      merged ?? '',
    );
    await run('rm', `${merged}/deleted`);
    await run('truncate', '-s', '0', `${merged}/x/gone`);
    // The outer one keeps them for the inner one, as trusted.overlay.overlay.…
    setAttribute(`${merged}/x`, 'trusted.overlay.opaque', 'x');
    setAttribute(`${merged}/x/gone`, 'trusted.overlay.whiteout', 'y');
    const { pid, base, ref, stop } = await startForm(workDir, (own, root) => {
      const [over, scratch] = ['over', 'scratch'].map((name) => layer(own, name));
      const below = layer(own, 'below', 'x/gone', 'x/stays', 'deleted');
      const options = `lowerdir=${merged}:${below}:${root},upperdir=${over},workdir=${scratch}`;
      return `mount -t overlay o -o ${options} ${own}/merged; rm ${own}/merged/sub/old`;
    });
    try {
      const { layers } = await nsviewJson(layersOutputSchema, ['layers', ref]);
      if (layers === null) throw new Error('no layers');
      expect(layers.branches.map(({ path: at }) => path.basename(at)).slice(0, 3)).toEqual(['over', 'merged', 'below']);
      expectTruth(host, pid, base, layers, { top: 1, low: 1 });
      expect(await told(ref, '/x/gone')).toMatchObject({
        kind: 'deleted',
        state: null,
        shadows: [{ index: 1, kind: 'whiteout' }, { index: 2 }],
      });
      expect(await told(ref, '/deleted')).toMatchObject({ providedBy: 2 });
      expect(await told(ref, '/sub/old')).toMatchObject({ kind: 'deleted', shadows: [{ index: 0 }, { index: 1 }] });
      expect((await nsview(['diff', ref])).stdout).toBe('C /sub\nD /sub/old');
    } finally {
      await stop();
    }
  });

  it('that nobody else sees is no reason to say what is not true', async () => {
    const { ref, stop } = await startForm(workDir, (own, root) => {
      for (const name of ['low', 'inner', 'upper', 'work']) layer(own, name);
      layer(own, 'low', 'there');
      // Mounted where the host has an empty directory.
      return `cd ${own}; mount -t overlay o -o lowerdir=${own}/low:${root} inner
        mount -t overlay o -o lowerdir=${own}/inner,upperdir=${own}/upper,workdir=${own}/work merged`;
    });
    try {
      const note =
        /^note: \/\w+: the container and its branches as seen from here do not agree on it: they are mounted in/m;
      expect((await nsview(['layers', ref])).stderr).toMatch(note);
      expect((await nsview(['diff', ref])).stderr).toMatch(note);
      const { stdout, stderr, exitCode } = await nsview(['layers', ref, '/there']);
      expect([stdout, exitCode]).toEqual(['', 1]);
      expect(stderr).toMatch(note);
      expect(stderr).toMatch(new RegExp(`^nsview: /there in '${ref}': no branch has it as seen from here$`, 'm'));
    } finally {
      await stop();
    }
  });
});

describe.skipIf(!isRoot)('a root that is a part of a union', () => {
  it('is said to be one', async () => {
    const { ref, stop } = await startForm(workDir, (own, root) => {
      mkdirSync(path.join(own, 'top/part'), { recursive: true });
      mkdirSync(path.join(own, 'low'));
      return `cp -a ${root} ${own}/low/part; mount -t overlay o -o lowerdir=${own}/top:${own}/low ${own}/merged
        mount --bind ${own}/merged/part ${own}/merged`;
    });
    try {
      expect((await nsview(['layers', ref])).stderr).toMatch(
        /as seen from here do not agree on it: its root is \/part of the union$/m,
      );
    } finally {
      await stop();
    }
  });
});

describe.skipIf(!isRoot || !isInstalled('setpriv'))('without the right to read the marks of a union', () => {
  it('it is said what cannot be told apart', async () => {
    const { ref, stop } = await startForm(workDir, (own, root) => {
      layer(own, 'low', 'dir/old');
      const [upper, work] = ['upper', 'work'].map((name) => layer(own, name));
      return `mount -t overlay o -o lowerdir=${own}/low:${root},upperdir=${upper},workdir=${work} ${own}/merged
        cd ${own}/merged; rm -r dir; mkdir dir; printf upper > dir/new`;
    });
    try {
      const less = ['setpriv', '--bounding-set=-sys_admin', '--inh-caps=-sys_admin', launcher] as const;
      const note =
        /^note: trusted\.overlay\.\*: opaque, renamed and partly copied entries are not told apart: .* \(run nsview as root\)$/m;
      const hidden = await nsview(['layers', ref, '/dir/new'], less);
      expect(hidden).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(note) });
      expect((await nsview(['diff', ref], less)).stderr).toMatch(note);
      expect(await nsview(['diff', ref])).toMatchObject({ stdout: 'C /dir\nA /dir/new\nD /dir/old', stderr: '' });
    } finally {
      await stop();
    }
  });
});
