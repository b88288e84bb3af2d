/**
 * Reads a union with a directory of very many names in both branches: whole, as what was changed, and as it is shown.
 * Run it in a mount namespace of its own, in an empty directory, and with little memory:
 *
 *     unshare -m node --max-old-space-size=40 …/test/support/union-large.ts NAMES
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { changes } from '../../src/model/layers/changes.ts';
import { listSeen } from '../../src/model/layers/list-directory.ts';
import { walkUnion } from '../../src/model/layers/walk-union.ts';
import { finish } from '../../src/model/steps.ts';
import { openHost } from '../../src/probes/open-host.ts';
import { branchesAt, entryAt, unionAt } from './union-of-directories.ts';
import { call } from './union-stack.ts';

const count = Number(process.argv[2]);
const base = process.cwd();
call('mount', '-t', 'tmpfs', 'tmpfs', base);
process.chdir('/');
/** Every third name is below too. */
for (const [branch, step] of [
  ['rw', 1],
  ['low', 3],
] as const) {
  mkdirSync(`${base}/${branch}/d`, { recursive: true });
  execFileSync('sh', ['-c', `seq -f name-%.0f ${step} ${step} ${count} | xargs touch -d @1`], {
    cwd: `${base}/${branch}/d`,
  });
}
execFileSync('sh', ['-c', 'rm name-3 name-6 && mknod name-3 c 0 0 && echo more > name-6 && touch name-5'], {
  cwd: `${base}/rw/d`,
});

const union = unionAt(openHost(), 'overlay', branchesAt([`${base}/rw`, `${base}/low`]), { metacopy: 'off' });
let walked = 0;
for (const part of walkUnion(union.union, union.reader, { deleted: true })) walked += part?.entries.length ?? 0;
const told = { A: 0, C: 0, D: 0 };
for (const change of changes(union.union, union.reader)) {
  if (change !== undefined) told[change.kind] += 1;
}
const { directory } = entryAt(union, '/d');
if (directory === null) throw new Error('/d: no directory');
const { entries, rest } = finish(listSeen(union.union, union.reader, directory, { most: 1000 }));
process.stdout.write(JSON.stringify({ walked, told, shown: entries.length, rest }));
