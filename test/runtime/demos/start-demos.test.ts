import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type DemoCommands, startDemo } from '../../../src/runtime/demos/start-demos.ts';
import { DEMO_LABEL, demos } from '../../../src/runtime/demos/table.ts';
import { newId, writeState } from '../../../src/runtime/state/records.ts';
import { reserve } from '../../../src/runtime/state/reserve.ts';
import { makeStore, type Store, storeAt } from '../../../src/runtime/state/store.ts';
import { ownConfig } from '../../support/own-config.ts';

let directory: string;
let store: Store;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nsview-demos-'));
  store = storeAt(join(directory, 'store'), {}, 0);
  makeStore(store);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Writes down what a start would, with this process in the place of the container's. */
function commands(refused: string, removed: string[]): DemoCommands {
  return {
    run: (words) => {
      const name = words[words.indexOf('--name') + 1] ?? '';
      if (name === refused) return Promise.reject(new Error('refused'));
      const config = { ...ownConfig(newId()), labels: { [DEMO_LABEL]: 'shared' } };
      const made = reserve(store, config, name);
      if (made.kind !== 'reserved') throw new Error(`taken by ${made.owner}`);
      const self = made.state.creator;
      writeState(made.files, { ...made.state, status: 'running', monitor: self, init: self });
      return Promise.resolve();
    },
    remove: ({ config }) => {
      removed.push(config.name);
      return Promise.resolve();
    },
  };
}

const shared = demos.find(({ name }) => name === 'shared');

it('takes back what it has started where another of the same demo cannot be', async () => {
  if (shared === undefined) throw new Error('no such demo');
  const removed: string[] = [];
  await expect(startDemo(store, shared, false, commands('demo-sidecar', removed))).rejects.toThrow('refused');
  expect(removed).toEqual(['demo-web']);
});

it('leaves alone what ran before', async () => {
  if (shared === undefined) throw new Error('no such demo');
  const removed: string[] = [];
  await commands('', removed).run(['--name', 'demo-web']);
  await expect(startDemo(store, shared, false, commands('demo-sidecar', removed))).rejects.toThrow('refused');
  const starts = await startDemo(store, shared, false, commands('', removed));
  expect(starts.map(({ outcome }) => outcome)).toEqual(['was running', 'started']);
  expect(removed).toEqual([]);
});
