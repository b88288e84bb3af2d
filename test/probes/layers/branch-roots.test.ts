import { closeSync, constants, mkdirSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { UNASKED } from '../../../src/model/layers/entry.ts';
import { openBranches } from '../../../src/probes/layers/open-branches.ts';
import { openHost } from '../../../src/probes/open-host.ts';
import { branchesAt, unionAt } from '../../support/union-of-directories.ts';
import { makeWorkDir } from '../../support/work-dir.ts';

const work = makeWorkDir();
const ours = path.join(work, 'ours');
mkdirSync(ours);
writeFileSync(path.join(ours, 'kept'), 'a secret');
const held = openSync(ours, constants.O_RDONLY | constants.O_DIRECTORY);
const host = openHost();
afterAll(() => {
  host.close();
  closeSync(held);
  rmSync(work, { recursive: true, force: true });
});

const link = path.join(work, 'link');
symlinkSync(`/proc/self/fd/${held}`, link);

it.each([
  ['a descriptor of ours', `/proc/self/fd/${held}`],
  ['the same by a link', link],
  ['the root of a process', `/proc/${process.pid}/root${ours}`],
])('a mount that names %s as a branch is refused it', (_, named) => {
  // Who opens it as any path is there.
  expect(readFileSync(`${named}/kept`, 'utf8')).toBe('a secret');
  const { reader } = unionAt(host, 'overlay', branchesAt([named]));
  const refused = { status: 'denied', path: named, code: 'EACCES' };
  expect(reader.find(0, '/', ['kept'], UNASKED)).toEqual(refused);
  expect(reader.contents(0, '/kept', 0, 99)).toEqual(refused);
});

it('a link of a store is followed, and a root of our own choice is entered', () => {
  const short = path.join(work, 'SHORT');
  symlinkSync('ours', short);
  const { union, reader } = unionAt(host, 'overlay', branchesAt([short]));
  expect(reader.contents(0, '/kept', 0, 99)).toMatchObject({ status: 'ok' });
  const inside = openHost({}, { branchBase: `/proc/${process.pid}/root` });
  const entered = openBranches(inside, union, branchesAt([ours, `/proc/self/fd/${held}`]), []);
  expect(entered.contents(0, '/kept', 0, 99)).toMatchObject({ status: 'ok' });
  expect(entered.contents(1, '/kept', 0, 99)).toMatchObject({ status: 'denied' });
  inside.close();
});
