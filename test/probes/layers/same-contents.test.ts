import { createHash } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type BranchEntry, UNMARKED } from '../../../src/model/layers/entry.ts';
import { copiedBytes, type SameContents } from '../../../src/model/layers/same-files.ts';
import type { TreeUse } from '../../../src/model/layers/tree.ts';
import { ok } from '../../../src/model/reading.ts';
import type { Branches } from '../../../src/probes/layers/open-branches.ts';
import { measureTree } from '../../../src/probes/layers/read-tree.ts';
import { openComparison } from '../../../src/probes/layers/same-contents.ts';
import { openHost } from '../../../src/probes/open-host.ts';
import { branchesAt, unionAt } from '../../support/union-of-directories.ts';
import { makeWorkDir } from '../../support/work-dir.ts';

const work = makeWorkDir();
const host = openHost();
afterAll(() => {
  host.close();
  rmSync(work, { recursive: true, force: true });
});

const UNNAMED: BranchEntry = {
  name: '',
  kind: 'file',
  marks: UNMARKED,
  mode: 0o100644,
  uid: 0,
  gid: 0,
  links: 1,
  inode: 1,
  device: '8:1',
  rdev: '0:0',
  sizeBytes: 0,
  mtimeSeconds: 0,
  mtimeNanoseconds: 0,
};

const MANY_BYTES = 600_000;
/** Alike to their last byte but one, and longer than what is read at once. */
const [long, other] = ['x', 'y'].map((last) => `${'l'.repeat(MANY_BYTES)}${last}`) as [string, string];

function lay(folder: string, branches: readonly { readonly [name: string]: string }[]): readonly string[] {
  return branches.map((files, index) => {
    const directory = path.join(work, folder, String(index));
    mkdirSync(directory, { recursive: true });
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(directory, name), text);
    return directory;
  });
}

function measured(directories: readonly string[]): TreeUse {
  const { union, reader } = unionAt(host, 'aufs', branchesAt(directories));
  const steps = [...measureTree({ union, branches: reader, watchable: null })].filter((step) => step !== undefined);
  const last = steps.at(-1);
  if (last === undefined) throw new Error('nothing was measured');
  return last;
}

/** What sha256sum would find: files that a branch above has again. */
function copiedByHash(branches: readonly { readonly [name: string]: string }[]): ReadonlyMap<number, number> {
  const top = new Map<string, number>();
  const copied = new Map<number, number>();
  for (const [index, files] of branches.entries()) {
    for (const text of Object.values(files).filter((each) => each !== '')) {
      const hash = createHash('sha256').update(text).digest('hex');
      const first = top.get(hash) ?? index;
      top.set(hash, first);
      if (first !== index) copied.set(index, (copied.get(index) ?? 0) + text.length);
    }
  }
  return copied;
}

describe('the same contents in several branches', () => {
  it('are told apart by their last byte, under whatever name, and by no time', () => {
    const branches = [
      { moved: long, plain: 'same', other: 'one!' },
      { kept: long, differs: other, plain: 'same', twin: 'two!', again: 'two!', empty: '' },
    ];
    const { use, same } = measured(lay('told', branches));
    expect(same?.groups).toEqual([
      {
        bytes: MANY_BYTES + 1,
        files: [
          { index: 0, path: '/moved' },
          { index: 1, path: '/kept' },
        ],
      },
      {
        bytes: 4,
        files: [
          { index: 0, path: '/plain' },
          { index: 1, path: '/plain' },
        ],
      },
    ]);
    expect(same?.uncompared).toBe(0);
    // Three long files, and five short ones of one size.
    expect(same?.readBytes).toBe(3 * (MANY_BYTES + 1) + 5 * 4);
    expect(use?.wasted.map((each) => each.path)).toEqual(['/plain']);
  });

  it('count an inode once, whatever it is called', () => {
    const directories = lay('linked', [{ a: 'twelve bytes' }, { b: 'twelve bytes' }]);
    linkSync(path.join(directories[1] ?? '', 'b'), path.join(directories[1] ?? '', 'c'));
    const { same } = measured(directories);
    expect(copiedBytes(same ?? { groups: [] })).toEqual(new Map([[1, 12]]));
  });

  it('are what hashes of all files would find', () => {
    let count = 0;
    const text = fc.constantFrom('', 'a', 'b', 'cc', 'dd', long, other, `${long}z`);
    const files = fc.dictionary(fc.constantFrom('k', 'l', 'm', 'n'), text);
    fc.assert(
      fc.property(fc.array(files, { minLength: 1, maxLength: 4 }), (branches) => {
        count += 1;
        const { same } = measured(lay(`random-${count}`, branches));
        expect(copiedBytes(same ?? { groups: [] })).toEqual(copiedByHash(branches));
      }),
      { numRuns: 30 },
    );
  });

  it('are sought within a bound, which the smaller ones still find room in', () => {
    const directories = lay('bound', [
      { large: long, small: 'small one' },
      { large: long, small: 'small one' },
    ]);
    const { union, reader } = unionAt(host, 'aufs', branchesAt(directories));
    const compared = (mostBytes: number): SameContents => {
      const comparison = openComparison();
      for (const name of ['large', 'small']) {
        for (const index of union.merged) {
          const found = reader.find(index, '/', [name], { fileMarks: false, targets: false, capabilities: false });
          const entry = found.status === 'ok' ? found.value?.[0] : null;
          if (entry == null) throw new Error(`no ${name}`);
          comparison.add({ index, path: `/${name}`, kind: 'file', entry, merged: false });
        }
      }
      const steps = comparison.compare(reader satisfies Branches, mostBytes);
      let step = steps.next();
      while (step.done !== true) step = steps.next();
      return step.value;
    };
    expect(compared(100_000)).toMatchObject({
      groups: [{ bytes: 9, files: [{ path: '/small' }, { path: '/small' }] }],
      readBytes: 2 * 4096 + 2 * 9,
      mostBytes: 100_000,
      uncompared: 2,
    });
    expect(compared(10_000_000)).toMatchObject({ groups: [{ bytes: MANY_BYTES + 1 }, { bytes: 9 }], uncompared: 0 });
    expect(readFileSync(path.join(directories[0] ?? '', 'large'), 'utf8').length).toBe(MANY_BYTES + 1);
  });

  it('are sought among thousands of files of one size in little memory', () => {
    const [count, size, mostBytes] = [20_000, 8192, 1 << 28];
    const comparison = openComparison();
    const entry = { ...UNNAMED, sizeBytes: size };
    for (let at = 0; at < count; at += 1)
      comparison.add({ index: at % 2, path: `/${at}`, kind: 'file', entry, merged: false });
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const used = () => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const before = used();
    let read = 0;
    let after = 0;
    const steps = comparison.compare(
      {
        contents(_, file, from, most) {
          read += 1;
          if (read === count) after = used();
          // The last two are alike.
          const number = Math.min(count - 2, Number(file.slice(1)));
          return ok(Buffer.alloc(most, from === 0 ? `${number} ` : ' '));
        },
      },
      mostBytes,
    );
    let step = steps.next();
    while (step.done !== true) step = steps.next();
    expect(step.value).toMatchObject({ groups: [{ bytes: size, files: [{ index: 0 }, { index: 1 }] }], uncompared: 0 });
    expect((after - before) / 2 ** 20).toBeLessThan(16);
  });
});
