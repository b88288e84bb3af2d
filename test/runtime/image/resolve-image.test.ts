import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostTools } from '../../../src/runtime/image/host-tools.ts';
import { resolveImage } from '../../../src/runtime/image/resolve-image.ts';
import { cleanEnvironment, run } from '../../support/command.ts';
import { makeWorkDir, removeWorkDir } from '../../support/work-dir.ts';

const native = fileURLToPath(new URL('../../../native', import.meta.url));
const workDir = makeWorkDir();
const newRoot = () => mkdtempSync(path.join(workDir, 'root-'));

beforeAll(() => run('make', '-C', native, '-s', 'all'));
afterAll(() => removeWorkDir(workDir));

type Index = { images: { id: string; names: string[]; layers: string[]; madeFrom: { changedNs: string }[] | null }[] };
const indexOf = (root: string): Index => JSON.parse(readFileSync(`${root}/images.json`, 'utf8'));

function expectTidy(root: string): void {
  expect(readdirSync(`${root}/images-lock`)).toEqual([]);
  expect(readdirSync(root).toSorted()).toEqual(['blobs', 'images-lock', 'images.json', 'layers']);
  const named = new Set(
    indexOf(root).images.flatMap(({ layers }) => layers.map((layer) => layer.replace('sha256:', ''))),
  );
  expect(new Set(readdirSync(`${root}/layers`))).toEqual(named);
}

describe('resolveImage', () => {
  it('makes nsview/demo of three layers with a history, as docker has them', async () => {
    const root = newRoot();
    const image = await resolveImage(root, 'nsview/demo');
    const bytes = readFileSync(`${root}/blobs/sha256/${image.id.replace('sha256:', '')}`);
    writeFileSync(path.join(workDir, 'config'), bytes);
    expect(image.id).toBe(`sha256:${(await run('sha256sum', path.join(workDir, 'config'))).split(' ')[0]}`);
    expect(image.config).toEqual(JSON.parse(bytes.toString()));
    const { rootfs, history = [], config } = image.config;
    expect(rootfs.diff_ids).toHaveLength(3);
    expect(history.filter((step) => step.empty_layer !== true)).toHaveLength(3);
    expect(history.map((step) => step.created_by?.split(' ')[0])).toEqual(['ADD', 'ENV', 'COPY', 'COPY', 'CMD']);
    expect(config?.Cmd).toEqual(['/bin/sh']);
    expectTidy(root);
  });

  it('has as many directories as layers, top first, whose archives have the digests of the configuration', async () => {
    const root = newRoot();
    const { lowers, config } = await resolveImage(root, 'nsview/union:latest');
    expect(existsSync(`${lowers[0]}/union/b`)).toBe(true);
    expect(existsSync(`${lowers[1]}/union/a`)).toBe(true);
    for (const [index, lower] of lowers.toReversed().entries()) {
      const order = path.join(workDir, 'order');
      const found = await run('find', lower, '-mindepth', '1', '-printf', '%P\\n');
      writeFileSync(order, found.split('\n').toSorted().join('\n'));
      const archive = path.join(workDir, 'gnu.tar');
      const form = ['--format=ustar', '--numeric-owner', '--no-recursion', '-b', '1', '-T', order];
      await run('tar', '-C', lower, ...form, '-cf', archive);
      expect(`sha256:${(await run('sha256sum', archive)).split(' ')[0]}`).toBe(config.rootfs.diff_ids[index]);
    }
  });

  it('makes the same image again in another place, and none where it has one', async () => {
    const root = newRoot();
    const first = await resolveImage(root, 'nsview/demo');
    const { ino } = statSync(`${root}/images.json`);
    expect(await resolveImage(root, 'nsview/demo')).toEqual(first);
    expect(statSync(`${root}/images.json`).ino).toBe(ino);
    expect((await resolveImage(newRoot(), 'nsview/demo')).id).toBe(first.id);
  });

  it('makes it anew when a file of the host is another, and when a layer is gone', async () => {
    const root = newRoot();
    const { lowers } = await resolveImage(root, 'nsview/demo');
    const index = indexOf(root);
    const file = index.images[0]?.madeFrom?.[0];
    if (file === undefined) throw new Error('made from nothing');
    const { changedNs } = file;
    file.changedNs = '1';
    writeFileSync(`${root}/images.json`, JSON.stringify(index));
    rmSync(lowers[1] ?? '', { recursive: true });
    await resolveImage(root, 'nsview/demo');
    expect(indexOf(root).images[0]?.madeFrom?.[0]?.changedNs).toBe(changedNs);
    expectTidy(root);
  });

  it('keeps other images, and takes its name from the one that had it', async () => {
    const root = newRoot();
    const { id } = await resolveImage(root, 'nsview/demo');
    const { images } = indexOf(root);
    const other = { id: `sha256:${'1'.repeat(64)}`, names: ['mine:1', 'nsview/demo:latest'], layers: [], madeFrom: [] };
    const stale = { ...other, layers: [`sha256:${'2'.repeat(64)}`] };
    writeFileSync(`${root}/images.json`, JSON.stringify({ images: [stale, { ...images[0], names: [] }] }));
    expect((await resolveImage(root, 'nsview/demo')).id).toBe(id);
    expect(indexOf(root).images.map(({ names }) => names)).toEqual([['mine:1'], ['nsview/demo:latest']]);
  });

  it.each(['no/such', 'nsview/demo:other', '', '../x'])('says that there is no image %j', async (name) => {
    await expect(resolveImage(newRoot(), name)).rejects.toThrow('there is no such image');
  });

  it.each(['{"images": [', 'null', '{}', '{"images": 3}', ''])('says so where its index is %j', async (text) => {
    const root = newRoot();
    writeFileSync(`${root}/images.json`, text);
    await expect(resolveImage(root, 'nsview/demo')).rejects.toThrow(`${root}/images.json: it is not as it was written`);
  });

  it('goes on where the one who had the lock has ended, and where it left half a layer', async () => {
    const root = newRoot();
    await resolveImage(root, 'nsview/union');
    writeFileSync(`${root}/images-lock/999999999.1.00000000-0000-0000-0000-000000000000`, '');
    mkdtempSync(`${root}/layers/.tmp-`);
    await resolveImage(root, 'nsview/demo');
    expectTidy(root);
  });

  it('is made once by many at once, also when some of them are killed', async () => {
    const root = newRoot();
    const module = fileURLToPath(new URL('../../../src/runtime/image/resolve-image.ts', import.meta.url));
    const script = `const { resolveImage } = await import(${JSON.stringify(module)});
      console.log((await resolveImage(${JSON.stringify(root)}, process.argv[1])).id);`;
    const makers = Array.from({ length: 6 }, (_, index) =>
      execa(process.execPath, ['-e', script, index % 2 === 0 ? 'nsview/demo' : 'nsview/union'], {
        env: cleanEnvironment,
        extendEnv: false,
        reject: false,
      }),
    );
    makers.slice(4).forEach((maker, index) => {
      setTimeout(() => maker.kill('SIGKILL'), 60 + index * 40);
    });
    const results = await Promise.all(makers);
    const told = results.slice(0, 4).map(({ stdout }) => stdout);
    const ids = [(await resolveImage(root, 'nsview/demo')).id, (await resolveImage(root, 'nsview/union')).id];
    expect(told).toEqual([...ids, ...ids]);
    expect(
      indexOf(root)
        .images.map(({ id }) => id)
        .toSorted(),
    ).toEqual(ids.toSorted());
    for (const name of readdirSync(`${root}/images-lock`)) rmSync(`${root}/images-lock/${name}`);
    for (const name of readdirSync(root)) if (name.endsWith('.new')) rmSync(`${root}/${name}`);
    for (const name of readdirSync(`${root}/layers`))
      if (name.startsWith('.tmp-')) rmSync(`${root}/layers/${name}`, { recursive: true });
    expectTidy(root);
  });
});

describe('hostTools', () => {
  it('finds none where there is nothing', () => {
    expect(hostTools([path.join(workDir, 'nowhere')])).toBeNull();
  });
});
