import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type LayerEntry, orderEntries } from '../../../src/runtime/image/layer-entry.ts';
import { chainIds, sha256 } from '../../../src/runtime/image/sha256.ts';
import { tarOf } from '../../../src/runtime/image/tar.ts';
import { writeTree } from '../../../src/runtime/image/write-tree.ts';
import { run } from '../../support/command.ts';
import { makeWorkDir, removeWorkDir } from '../../support/work-dir.ts';

const workDir = makeWorkDir();
afterAll(() => removeWorkDir(workDir));

let made = 0;
function write(entries: readonly LayerEntry[]): { archive: string; tree: string } {
  made += 1;
  const [archive, tree] = [path.join(workDir, `${made}.tar`), path.join(workDir, `${made}.tree`)];
  writeFileSync(archive, tarOf(entries));
  mkdirSync(tree);
  writeTree(tree, entries);
  return { archive, tree };
}

const file = (name: string, text = name, mode = 0o644): LayerEntry => ({
  kind: 'file',
  path: name,
  mode,
  content: Buffer.from(text),
});

const deep = Array.from({ length: 12 }, (_, index) => `directory-${index}`).join('/');

const samples: { readonly [name: string]: readonly LayerEntry[] } = {
  'of every kind': [
    file('etc/passwd'),
    file('bin/tool', 'x'.repeat(1234), 0o755),
    { kind: 'link', path: 'bin/other', target: 'tool' },
    { kind: 'directory', path: 'tmp', mode: 0o1777 },
    file('empty', ''),
    file('block', 'y'.repeat(512)),
  ],
  'with long paths': [file(`${deep}/file`), file(`${'n'.repeat(180)}/${'m'.repeat(200)}`), file('o'.repeat(101))],
  'with a long target': [{ kind: 'link', path: 'far', target: 't'.repeat(300) }],
  'with names of other scripts': [file('über/straße'), file(`${'日'.repeat(60)}/本`)],
  'with nothing in it': [],
};

describe('a layer', () => {
  it.each(Object.entries(samples))('%s: GNU tar finds the archive and the tree to be the same', async (_, entries) => {
    const { archive, tree } = write(orderEntries(entries));
    // Ends with 1 and says what differs: contents, modes, owners, times, targets.
    expect(await run('tar', '--compare', '-f', archive, '-C', tree)).toBe('');
    const listed = (await run('tar', '--quoting-style=literal', '-tf', archive)).split('\n').filter(Boolean);
    const found = await run('find', tree, '-mindepth', '1', '-printf', '%P%y\\n');
    const there = found
      .split('\n')
      .filter(Boolean)
      .map((line) => (line.endsWith('d') ? `${line.slice(0, -1)}/` : line.slice(0, -1)));
    expect(listed.toSorted()).toEqual(there.toSorted());
    expect(listed).toEqual(orderEntries(entries).map(({ kind, path }) => (kind === 'directory' ? `${path}/` : path)));
  });

  it('is the same bytes whoever names its entries in which order', () => {
    const all = Object.values(samples).flat();
    const digest = sha256(tarOf(orderEntries(all)));
    fc.assert(
      fc.property(fc.shuffledSubarray(all, { minLength: all.length }), (shuffled) => {
        expect(sha256(tarOf(orderEntries(shuffled)))).toBe(digest);
      }),
      { numRuns: 20 },
    );
  });

  it('is read back by tar as it was written, whatever it holds', async () => {
    const name = fc.string({ unit: fc.constantFrom('a', 'b', '-', '.x', '日'), minLength: 1, maxLength: 60 });
    const entry = fc
      .record({ parts: fc.array(name, { minLength: 1, maxLength: 4 }), content: fc.uint8Array({ maxLength: 1200 }) })
      .map(
        ({ parts, content }): LayerEntry => ({
          kind: 'file',
          // A letter first in every part, and a last one that no directory has.
          path: `${parts.map((part) => `p${part}`).join('/')}/f`,
          mode: 0o640,
          content: Buffer.from(content),
        }),
      );
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 5 }), async (entries) => {
        const { archive, tree } = write(orderEntries(entries));
        expect(await run('tar', '--compare', '-f', archive, '-C', tree)).toBe('');
      }),
      { numRuns: 10 },
    );
  });
});

describe('chainIds', () => {
  it('names a layer by all below it, as image-spec has it', () => {
    const [a, b, c] = [sha256('a'), sha256('b'), sha256('c')];
    expect(chainIds([])).toEqual([]);
    expect(chainIds([a])).toEqual([a]);
    expect(chainIds([a, b, c])).toEqual([a, sha256(`${a} ${b}`), sha256(`${sha256(`${a} ${b}`)} ${c}`)]);
  });

  it('has the digests that sha256sum has', async () => {
    const place = path.join(workDir, 'content');
    writeFileSync(place, 'content');
    expect(sha256('content')).toBe(`sha256:${(await run('sha256sum', place)).split(' ')[0]}`);
  });
});
