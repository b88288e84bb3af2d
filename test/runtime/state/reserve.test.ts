import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { containerIds, findOwn } from '../../../src/runtime/state/find.ts';
import { claimName, isName, ownerOf, releaseName } from '../../../src/runtime/state/names.ts';
import { isRunning, processRef } from '../../../src/runtime/state/process-ref.ts';
import { newId, readConfig, readState, writeState } from '../../../src/runtime/state/records.ts';
import { reserve } from '../../../src/runtime/state/reserve.ts';
import { makeStore, type Store, storeAt } from '../../../src/runtime/state/store.ts';
import { ownConfig } from '../../support/own-config.ts';

let directory: string;
let store: Store;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nsview-state-'));
  store = storeAt(join(directory, 'store'), {}, 0);
  makeStore(store);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function make(name: string | null): string {
  const id = newId();
  const made = reserve(store, ownConfig(id), name);
  if (made.kind !== 'reserved') throw new Error(`taken by ${made.owner}`);
  return id;
}

describe('reserving', () => {
  it('makes the whole container at once, as being made by this process', () => {
    const made = reserve(store, ownConfig(newId()), 'web');
    if (made.kind !== 'reserved') throw new Error('taken');
    expect(readConfig(made.files)).toEqual(made.config);
    expect(readState(made.files)).toMatchObject({
      status: 'creating',
      creator: processRef(process.pid),
      monitor: null,
    });
    expect(readdirSync(made.files.directory).sort()).toEqual(['config.json', 'init', 'state.json', 'upper', 'work']);
    writeState(made.files, { ...made.state, status: 'running' });
    expect(readState(made.files)?.status).toBe('running');
    expect(readdirSync(store.containers)).toEqual([made.config.id]);
  });

  it('gives a name once, and says who has it', () => {
    const id = make('web');
    expect(reserve(store, ownConfig(newId()), 'web')).toEqual({ kind: 'taken', name: 'web', owner: id });
    expect(containerIds(store)).toEqual([id]);
    expect(ownerOf(store, 'web')).toBe(id);
  });

  it('makes up a name of its own for each that has none', () => {
    const names = Array.from({ length: 30 }, () => make(null)).map((id) => findOwn(store, id));
    expect(names.every(({ kind }) => kind === 'one')).toBe(true);
    expect(readdirSync(store.names)).toHaveLength(30);
    expect(readdirSync(store.names).every(isName)).toBe(true);
  });

  it('leaves nothing where it cannot write', () => {
    // Root writes everywhere but over a file.
    rmSync(store.names, { recursive: true });
    expect(() => make('web')).toThrow(/ENOENT|cannot be written/);
    expect(readdirSync(store.containers)).toEqual([]);
  });
});

describe('names', () => {
  it.each(['web', 'a', 'A1_b.c-d', 'x'.repeat(128)])('%s is one', (name) => expect(isName(name)).toBe(true));
  it.each(['', '.', '..', '-a', '_a', 'a/b', 'a b', 'ä', 'x'.repeat(129), 'a\n'])('%j is none', (name) => {
    expect(isName(name)).toBe(false);
    expect(ownerOf(store, name)).toBeNull();
  });

  it('are given up only by who has them', () => {
    expect(claimName(store, 'web', 'one')).toBe(true);
    expect(claimName(store, 'web', 'two')).toBe(false);
    releaseName(store, 'web', 'two');
    expect(ownerOf(store, 'web')).toBe('one');
    releaseName(store, 'web', 'one');
    releaseName(store, 'web', 'one');
    expect(readdirSync(store.names)).toEqual([]);
  });
});

describe('finding', () => {
  it('takes a name before an id, a prefix from four digits, and NAME@nsview', () => {
    const id = make('web');
    const other = make(id.slice(0, 12));
    expect(findOwn(store, 'web')).toEqual({ kind: 'one', id });
    expect(findOwn(store, 'web@nsview')).toEqual({ kind: 'one', id });
    expect(findOwn(store, id.slice(0, 12))).toEqual({ kind: 'one', id: other });
    expect(findOwn(store, id.slice(0, 13))).toEqual({ kind: 'one', id });
    expect(findOwn(store, id.slice(0, 3))).toEqual({ kind: 'none' });
    expect(findOwn(store, '../x')).toEqual({ kind: 'none' });
  });
});

describe('the store', () => {
  it('is where --root says, else where root and users have it', () => {
    expect(storeAt('/x', {}, 0).root).toBe('/x');
    expect(storeAt('x', {}, 0).root).toBe(join(process.cwd(), 'x'));
    expect(storeAt(undefined, {}, 0).root).toBe('/var/lib/nsview');
    expect(storeAt(undefined, { XDG_DATA_HOME: '/d' }, 1000).root).toBe('/d/nsview');
    expect(storeAt(undefined, { HOME: '/h' }, 1000).root).toBe('/h/.local/share/nsview');
    expect(() => storeAt(undefined, {}, 1000)).toThrow('neither HOME nor XDG_DATA_HOME');
  });

  it('is refused where others can write into it, or where a file stands', () => {
    chmodSync(store.root, 0o777);
    expect(() => makeStore(store)).toThrow('others could write');
    expect(() => makeStore(storeAt('/dev/null/x', {}, 0))).toThrow('it is no folder (ENOTDIR)');
  });
});

it('knows a process by its start, not by its number', () => {
  const self = processRef(process.pid);
  expect(self).not.toBeNull();
  expect(isRunning(self ?? { pid: 0, startTicks: 0 })).toBe(true);
  expect(isRunning({ pid: process.pid, startTicks: 1 })).toBe(false);
  expect(processRef(2 ** 22 + 1)).toBeNull();
  expect(existsSync(directory)).toBe(true);
});
