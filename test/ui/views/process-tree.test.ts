import fc from 'fast-check';
import { expect, test } from 'vitest';
import { treeOf } from '../../../src/ui/views/process-tree.ts';
import { processFixture } from '../../support/container-fixture.ts';

const family = (pairs: readonly (readonly [number, number])[]) =>
  pairs.map(([pid, ppid]) => processFixture({ pid, ppid }));

test('children under their parents, by pid; a parent outside makes a root', () => {
  const { ordered, places } = treeOf(
    family([
      [30, 10],
      [10, 1],
      [20, 10],
      [25, 20],
      [40, 2],
    ]),
  );
  expect(ordered.map(({ pid }) => `${places.get(pid)?.branch}${pid}`)).toEqual([
    '10',
    '├─ 20',
    '│  └─ 25',
    '└─ 30',
    '40',
  ]);
});

test('whoever claims whom as parent, each process is there once', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.tuple(fc.nat(12), fc.nat(12)), { selector: ([pid]) => pid }), (pairs) => {
      const { ordered } = treeOf(family(pairs));
      expect(ordered.map(({ pid }) => pid).sort()).toEqual(pairs.map(([pid]) => pid).sort());
    }),
  );
});
