import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { groupTree, type PlacedGroup, type TreeRequest } from '../../../src/model/host-groups/group-tree.ts';
import type { HostGroup } from '../../../src/model/host-groups/host-groups.ts';
import { sortRows } from '../../../src/present/columns/column.ts';
import { hostGroupColumns } from '../../../src/present/columns/host-groups.ts';
import { hostGroup } from '../../support/host-groups-fixture.ts';

const ALL: TreeRequest = { folded: new Set(), sort: byPath, matches: null };

function byPath(groups: readonly HostGroup[]): readonly HostGroup[] {
  return groups.toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

const drawn = (groups: readonly PlacedGroup[]) =>
  groups.map(({ lead, name, isFolded, below }) => `${lead}${name}${isFolded ? ` +${below}` : ''}`);

const groups = ['/', '/b', '/b/d', '/b/c', '/b/c/e', '/a', '/a.b'].map((path) => hostGroup(path));

describe('a tree of groups', () => {
  it('stands in lines under the group around each', () => {
    expect(drawn(groupTree(groups, ALL))).toEqual(['/', '├─ a', '├─ a.b', '└─ b', '   ├─ c', '   │  └─ e', '   └─ d']);
  });

  it('hides what is in a folded group, and says how much', () => {
    expect(drawn(groupTree(groups, { ...ALL, folded: new Set(['/b', '/a']) }))).toEqual([
      '/',
      '├─ a',
      '├─ a.b',
      '└─ b +3',
    ]);
  });

  it('shows what matches with what is around it, folded or not', () => {
    const matches = ({ path }: HostGroup) => path.endsWith('e');
    expect(drawn(groupTree(groups, { ...ALL, folded: new Set(['/b']), matches }))).toEqual([
      '/',
      '└─ b',
      '   └─ c',
      '      └─ e',
    ]);
  });

  it('puts a group whose parent is in no tree under the nearest one that is', () => {
    expect(drawn(groupTree([hostGroup('/x/y/z'), hostGroup('/')], ALL))).toEqual(['/', '└─ x/y/z']);
    expect(drawn(groupTree([hostGroup('/../b'), hostGroup('/..')], ALL))).toEqual(['/..', '└─ b']);
  });
});

const name = fc.constantFrom('a', 'b', 'c', 'a.slice', '-', 'ä');
const figure = fc.option(fc.integer({ min: 0, max: 3 }));
const forests = fc
  .uniqueArray(fc.array(name, { maxLength: 4 }), { maxLength: 25, selector: (parts) => parts.join('/') })
  .chain((paths) =>
    fc.tuple(
      ...paths.map((parts) =>
        fc
          .record({ cpuCores: figure, memoryBytes: figure, tasks: figure })
          .map((figures) => hostGroup(`/${parts.join('/')}`, figures)),
      ),
    ),
  );

describe('whatever groups there are', () => {
  it('each is there once, after the one around it, in every order and direction', () => {
    fc.assert(
      fc.property(forests, fc.constantFrom(...hostGroupColumns), fc.boolean(), (forest, column, reversed) => {
        const sort = (siblings: readonly HostGroup[]) =>
          sortRows(byPath(siblings), column, reversed) as readonly HostGroup[];
        const placed = groupTree(forest, { ...ALL, sort });
        expect(placed.map(({ path }) => path).toSorted()).toEqual(forest.map(({ path }) => path).toSorted());
        const seen = new Set<string | null>([null]);
        for (const { path, parent } of placed) {
          expect(seen.has(parent)).toBe(true);
          expect(parent === null || path.startsWith(parent)).toBe(true);
          seen.add(path);
        }
        // Stable: the order it came in does not matter, and a second sort changes nothing.
        expect(groupTree([...forest].reverse(), { ...ALL, sort })).toEqual(placed);
      }),
    );
  });

  it('siblings are in the order of the column, unknown ones last', () => {
    fc.assert(
      fc.property(forests, fc.boolean(), (forest, reversed) => {
        const column = hostGroupColumns.find(({ key }) => key === 'cpu') ?? hostGroupColumns[0];
        const sort = (siblings: readonly HostGroup[]) => sortRows(siblings, column, reversed) as readonly HostGroup[];
        const families = Map.groupBy(groupTree(forest, { ...ALL, sort }), ({ parent }) => parent);
        for (const family of families.values()) {
          const values = family.map(({ cpuCores }) => cpuCores ?? (reversed ? 99 : -1));
          expect(values).toEqual(values.toSorted((a, b) => (reversed ? a - b : b - a)));
        }
      }),
    );
  });

  it('what is hidden and what is shown come to all there is', () => {
    fc.assert(
      fc.property(forests, fc.infiniteStream(fc.boolean()), (forest, coins) => {
        const folded = new Set(forest.map(({ path }) => path).filter(() => coins.next().value));
        const placed = groupTree(forest, { ...ALL, folded });
        const hidden = placed.reduce((sum, { isFolded, below }) => sum + (isFolded ? below : 0), 0);
        expect(placed.length + hidden).toBe(forest.length);
        for (const { path, parent } of placed) {
          expect(parent === null || !folded.has(parent), path).toBe(true);
        }
      }),
    );
  });
});
