import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ListedEntry, listUnion } from '../../src/model/layers/list-union.ts';
import { twoBranches, untouchedFiles } from '../../src/model/layers/two-branches.ts';
import { finish } from '../../src/model/steps.ts';
import { displayWidth } from '../../src/present/printable.ts';
import { unionTable } from '../../src/present/union-table.ts';
import { openBranches } from '../../src/probes/layers/open-branches.ts';
import { openHost } from '../../src/probes/open-host.ts';
import { makeWorkDir } from '../support/work-dir.ts';

const work = makeWorkDir();
const host = openHost();
const at = (...names: readonly string[]) => path.join(work, ...names);
let entries: readonly ListedEntry[];

function list(most = 100) {
  const { branches, union } = twoBranches({ writable: at('W'), above: at('B'), below: at('A') }, false);
  return finish(listUnion(union, openBranches(host, union, [...branches], []), most));
}

beforeAll(() => {
  for (const directory of ['A/d', 'B/d', 'W', 'A/e']) mkdirSync(at(directory), { recursive: true });
  for (const file of ['A/a', 'A/x', 'A/d/1', 'A/e/f', 'B/b', 'B/x', 'B/d/2', 'W/new']) writeFileSync(at(file), file);
  writeFileSync(at('W/a'), 'changed');
  ({ entries } = list());
});
afterAll(() => {
  host.close();
  rmSync(work, { recursive: true, force: true });
});

const lines = (width: number | null) => unionTable(entries, width).map((line) => line.map(({ text }) => text).join(''));
const words = (width: number | null = null) => lines(width).map((line) => line.trim().split(/ {2,}/));

describe('the table of two branches', () => {
  it('has x once, of B, and says what it hides', () => {
    const rows = words().filter((row) => row.includes('x'));
    expect(rows).toEqual([['x', 'x', 'x', 'from B, which hides A’s']]);
  });

  it('says of everything else where it comes from', () => {
    const notes = Object.fromEntries(
      words()
        .slice(1)
        .map((row) => [row[0], row.at(-1)]),
    );
    expect(notes).toMatchObject({
      a: 'changed: a copy, A’s stays',
      b: 'from B',
      'd/': 'A and B together',
      '1': 'from A',
      '2': 'from B',
      'e/': 'from A',
      new: 'new: in the writable branch alone',
    });
  });

  it('marks what is there and not seen', () => {
    const hidden = unionTable(entries, null).flatMap((line) => line.filter(({ tone }) => tone === 'hidden'));
    expect(hidden.map(({ text }) => text.trim())).toEqual(['a', 'x']);
  });

  it.each([200, 80, 60, 40])('fits into %i columns', (width) => {
    for (const line of lines(width)) expect(displayWidth(line)).toBeLessThanOrEqual(width);
  });
});

describe('what to show a change on', () => {
  it('is a file of A to change and one of B alone to delete, none of them touched yet', () => {
    const { change, remove } = untouchedFiles(entries, null);
    expect([change?.name, remove?.name]).toEqual(['x', 'b']);
  });

  it('leaves out what the user namespace could not copy', () => {
    expect(untouchedFiles(entries, { uid: 4_000_000_000, gid: 0 }).change).toBe(null);
  });
});

it('lists no more than there is room for, parents before what is in them', () => {
  expect(list(3)).toMatchObject({ more: true });
  expect(list(3).entries.map(({ entry }) => entry.path)).toEqual(['/a', '/b', '/d']);
  expect(list().entries.map(({ depth, entry }) => `${depth}${entry.path}`)).toEqual([
    '0/a',
    '0/b',
    '0/d',
    '1/d/1',
    '1/d/2',
    '0/e',
    '1/e/f',
    '0/new',
    '0/x',
  ]);
  expect(list().more).toBe(false);
});
