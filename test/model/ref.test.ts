import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Engine } from '../../src/model/document/container.ts';
import { type Named, refOf, resolveRef } from '../../src/model/ref.ts';
import { hexId } from '../support/processes.ts';

type Short = {
  readonly id: string;
  readonly name?: string | null;
  readonly engine?: Engine;
  readonly pids?: readonly number[];
  readonly parent?: string | null;
};

function called({ id, name = null, engine = 'docker', pids = [], parent = null }: Short) {
  return {
    id,
    shortId: id.startsWith('pid:') ? id : id.slice(0, 12),
    name,
    engine,
    parent,
    init: pids[0] === undefined ? null : { pid: pids[0] },
    processes: pids.map((pid) => ({ pid })) as never,
  } satisfies Named & { processes: unknown; parent: unknown };
}

const web = called({ id: hexId('aaaa1111'), name: 'web', pids: [110, 111, 121] });
const inner = called({ id: hexId('bbbb'), name: 'db', pids: [121], parent: web.id });
const docker = called({ id: hexId('cccc'), name: 'same', pids: [130] });
const podman = called({ id: hexId('aaaa2222'), name: 'same', engine: 'podman', pids: [140] });
const bare = called({ id: 'pid:150@999', engine: 'unknown', pids: [150] });
const nameless = called({ id: hexId('dddd'), pids: [160] });
/** Its name is another's id prefix. */
const trap = called({ id: hexId('eeee'), name: 'dddd', pids: [170] });
const all = [web, inner, docker, podman, bare, nameless, trap];

describe('a REF finds', () => {
  test.each([
    ['a name', 'web', web],
    ['a name before an id', 'dddd', trap],
    ['a whole id', web.id, web],
    ['a short id', nameless.shortId, nameless],
    ['a unique prefix', 'aaaa1', web],
    ['a process of it', 'pid:111', web],
    ['the innermost container of a process', 'pid:121', inner],
    ['a bare container by its first process', 'pid:150', bare],
    ['a bare container by its id', 'pid:150@999', bare],
    ['a name with its engine', 'same@podman', podman],
  ])('%s: %s', (_, ref, container) => {
    expect(resolveRef(ref, all)).toEqual({ kind: 'one', container });
  });

  test.each(['nothing', 'aaa', 'AAAA', 'ffff', 'web@podman', 'pid:', 'pid:x', '', 'pid:1@2'])('nothing: %s', (ref) => {
    expect(resolveRef(ref, all)).toEqual({ kind: 'none' });
  });

  test('several, and names them', () => {
    expect(resolveRef('same', all)).toEqual({ kind: 'many', candidates: [docker, podman] });
    expect(resolveRef('aaaa', all)).toEqual({ kind: 'many', candidates: [web, podman] });
  });

  test('a process that is in no container', () => {
    expect(resolveRef('pid:1', all)).toEqual({ kind: 'process', pid: 1 });
  });
});

test('output calls a container by the shortest that is its own', () => {
  expect(all.map((container) => refOf(container, all))).toEqual([
    'web',
    'db',
    'same@docker',
    'same@podman',
    'pid:150',
    nameless.shortId,
    'dddd',
  ]);
});

test('two containers of one engine and name are called by their ids', () => {
  const twins = [called({ id: hexId('1234'), name: 'x' }), called({ id: hexId('5678'), name: 'x' })];
  expect(twins.map((twin) => refOf(twin, twins))).toEqual(twins.map(({ shortId }) => shortId));
});

test('what output calls a container finds it again', () => {
  const any = fc.uniqueArray(
    fc.record({
      id: fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 }),
      name: fc.option(fc.constantFrom('web', 'db', 'a-b', 'x')),
      engine: fc.constantFrom<Engine>('docker', 'podman', 'lxc'),
    }),
    { selector: ({ id }) => id.slice(0, 12) },
  );
  fc.assert(
    fc.property(any, (told) => {
      const containers = told.map((each, index) => called({ ...each, pids: [100 + index] }));
      for (const container of containers) {
        expect(resolveRef(refOf(container, containers), containers)).toEqual({ kind: 'one', container });
      }
    }),
  );
});
