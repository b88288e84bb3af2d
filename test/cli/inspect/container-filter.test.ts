import { describe, expect, it } from 'vitest';
import { matchesFilters, parseContainerFilter } from '../../../src/cli/inspect/container-filter.ts';
import { bareContainerFixture, containerFixture } from '../../support/container-fixture.ts';

const web = containerFixture(0, {
  name: 'web',
  image: 'registry.example:5000/shop/web:2',
  labels: { tier: 'front', empty: '' },
});
const db = containerFixture(1, { name: 'db', engine: 'podman', status: 'paused', labels: null });
const bare = bareContainerFixture();

function chosen(...filters: string[]): (string | null)[] {
  const parsed = filters.reduce<ReturnType<typeof parseContainerFilter>>(
    (before, text) => parseContainerFilter(text, before),
    [],
  );
  return [web, db, bare].filter((container) => matchesFilters(container, parsed)).map(({ name }) => name);
}

describe('--filter', () => {
  it.each([
    [[], ['web', 'db', null]],
    [['name=web'], ['web']],
    [['name=^/?w'], ['web']],
    [['name=/web'], ['web']],
    [
      ['name=web', 'name=db'],
      ['web', 'db'],
    ],
    [['name=web', 'engine=podman'], []],
    [['engine=docker', 'engine=podman', 'status=paused'], ['db']],
    [['status=running'], ['web', null]],
    [['label=tier'], ['web']],
    [['label=tier=front'], ['web']],
    [['label=tier=back'], []],
    [['label=empty='], ['web']],
    [['label=constructor'], []],
    [['image=registry.example:5000/shop/web'], ['web']],
    [['image=registry.example:5000/shop/web:2'], ['web']],
    [['image=registry.example'], []],
    [[`id=${db.id.slice(0, 6)}`], ['db']],
    [['id=pid:7001'], [null]],
  ])('%j chooses %j', (filters, names) => {
    expect(chosen(...filters)).toEqual(names);
  });

  it.each(['name', '=x', 'colour=red', 'name=('])('refuses %j', (text) => {
    expect(() => parseContainerFilter(text)).toThrow(/KEY=VALUE|regular expression/);
  });
});
