import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { configOf, movedOf, stateOf } from '../../../src/runtime/state/record-form.ts';
import { newId } from '../../../src/runtime/state/records.ts';
import { ownConfig } from '../../support/own-config.ts';

const config = { ...ownConfig(newId()), name: 'old' };
const state = {
  status: 'running',
  bootId: 'b',
  creator: { pid: 1, startTicks: 2 },
  monitor: { pid: 3, startTicks: 4 },
  init: null,
  ports: [],
  startedAt: null,
};
const without = (record: object, name: string) =>
  Object.fromEntries(Object.entries(record).filter(([field]) => field !== name));

describe('a record of a container', () => {
  it('is read as it was written, with what a newer nsview adds', () => {
    expect(configOf(JSON.parse(JSON.stringify(config)))).toEqual(config);
    expect(stateOf(JSON.parse(JSON.stringify(state)))).toEqual(state);
    expect(configOf({ ...config, later: 1 })).toMatchObject(config);
  });

  it.each([
    ['layers', []],
    ['binds', []],
    ['parents', []],
  ])('of a nsview that knew no %s has none', (name, absent) => {
    expect(configOf(without(config, name))).toEqual({ ...config, [name]: absent });
  });

  it('of a nsview that told no ports says that of none', () => {
    expect(stateOf(without(state, 'ports'))).toEqual({ ...state, ports: null });
  });

  it.each([
    ['that says nothing of what confines it', without(config, 'process')],
    ['without a filter', { ...config, process: without(config.process, 'seccomp') }],
    ['with groups that are none', { ...config, joins: [null] }],
    ['with parents that are none', { ...config, parents: 'x' }],
    ['of another kind', [config]],
    ['cut off', null],
  ])('%s is none', (_, value) => {
    expect(configOf(value)).toBeNull();
  });

  it.each([
    ['with a process that is none', { ...state, monitor: { pid: '3' } }],
    ['with a status that is none', { ...state, status: 'else' }],
  ])('%s is none', (_, value) => {
    expect(stateOf(value)).toBeNull();
  });

  it('whatever it is, is read or is none', () => {
    const spoil = fc.tuple(fc.constantFrom(...Object.keys({ ...config, ...state })), fc.jsonValue());
    fc.assert(
      fc.property(spoil, ([name, value]) => {
        const read = configOf({ ...config, [name]: value });
        for (const list of read === null ? [] : [read.joins, read.parents, read.layers, read.namespaces]) {
          expect(Array.isArray(list)).toBe(true);
        }
        stateOf({ ...state, [name]: value });
      }),
    );
  });
});

describe('where a process was', () => {
  it('is a path for each group of ours', () => {
    const moved = { '/sys/fs/cgroup/a/pid-1-2': '/sys/fs/cgroup/a' };
    expect(movedOf(moved)).toEqual(moved);
  });

  it.each([
    ['a list', ['/a']],
    ['a number', { '/a/pid-1-2': 3 }],
    ['a relative path', { '/a/pid-1-2': 'a' }],
    ['a path that climbs', { '/a/../etc': '/a' }],
    ['nothing', null],
  ])('%s is no record of it', (_, value) => {
    expect(movedOf(value)).toBeNull();
  });
});
