import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { listSeen } from '../src/model/layers/list-directory.ts';
import { resolvePath } from '../src/model/layers/resolve-path.ts';
import { walkUnion } from '../src/model/layers/walk-union.ts';
import { finish } from '../src/model/steps.ts';
import { openHost } from '../src/probes/open-host.ts';
import { branchesAt, unionAt } from '../test/support/union-of-directories.ts';
import { makeWorkDir, removeWorkDir } from '../test/support/work-dir.ts';
import { interleave, type Row, timed, timedProgram } from './measure.ts';

const DIRECTORIES = 2700;
const FILES_EACH = 10;

/** Of about 30,000 names a tenth is in both branches, with other contents in the upper one. */
function makeTree(lower: string, upper: string): void {
  for (let directory = 0; directory < DIRECTORIES; directory += 1) {
    const place = `usr/share/${directory % 30}/package-${directory}`;
    for (const branch of directory % 10 === 0 ? [lower, upper] : [lower]) {
      mkdirSync(path.join(branch, place), { recursive: true });
      for (let file = 0; file < FILES_EACH; file += 1) {
        writeFileSync(path.join(branch, place, `file-${file}`), branch === upper ? 'changed' : '');
      }
    }
  }
}

/** A directory of 2,000 names in each of ten branches. */
function makeDirectories(base: string): string[] {
  return Array.from({ length: 10 }, (_, branch) => {
    const directory = path.join(base, `many-${branch}`, 'd');
    mkdirSync(directory, { recursive: true });
    for (let file = 0; file < 2000; file += 1) writeFileSync(path.join(directory, `name-${branch * 200 + file}`), '');
    return path.dirname(directory);
  });
}

/** The whole tree of a union against find(1) over its mount, and one large directory against a bare start of Node. */
export async function benchUnion(): Promise<Row[]> {
  const base = makeWorkDir();
  const host = openHost();
  try {
    const [lower, upper, work, merged] = ['lower', 'upper', 'work', 'merged'].map((name) => path.join(base, name)) as [
      string,
      string,
      string,
      string,
    ];
    for (const directory of [upper, work, merged]) mkdirSync(directory);
    makeTree(lower, upper);
    const options = `lowerdir=${lower},upperdir=${upper},workdir=${work}`;
    timedProgram('mount', '-t', 'overlay', 'overlay', '-o', options, merged);
    const tree = unionAt(host, 'overlay', branchesAt([upper, lower]), { metacopy: 'off' });
    const many = unionAt(host, 'overlay', branchesAt(makeDirectories(base)), { metacopy: 'off' });
    const directory = resolvePath(many.union, many.reader, '/d')?.directory;
    if (directory == null) throw new Error('no directory');
    const [walk = 0, find = 0, list = 0, node = 0] = await interleave(
      7,
      () => timed(() => Array.from(walkUnion(tree.union, tree.reader), () => 0)),
      () => timedProgram('find', merged, '-printf', '%p %s %m %U %G %T@\\n'),
      () => timed(() => finish(listSeen(many.union, many.reader, directory))),
      () => timedProgram(process.execPath, '-e', '0'),
    );
    return [
      { what: 'a walk of a union', ours: walk, peer: { name: 'find -printf', value: find }, unit: 'ms', target: 1.5 },
      {
        what: '2,000 names in ten branches',
        ours: list,
        peer: { name: 'node -e 0', value: node },
        unit: 'ms',
        target: null,
      },
    ];
  } finally {
    host.close();
    await removeWorkDir(base);
  }
}
