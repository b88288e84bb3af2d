import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { layersInUse, sweepContainers } from '../../../src/runtime/lifecycle/gc.ts';
import { readContainer } from '../../../src/runtime/lifecycle/own-container.ts';
import { removeContainer } from '../../../src/runtime/lifecycle/remove.ts';
import { type ContainerFiles, newId, writeState } from '../../../src/runtime/state/records.ts';
import { reserve } from '../../../src/runtime/state/reserve.ts';
import { makeStore, type Store, storeAt } from '../../../src/runtime/state/store.ts';
import { ownConfig } from '../../support/own-config.ts';

let directory: string;
let store: Store;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'nsview-gc-'));
  store = storeAt(join(directory, 'store'), {}, 0);
  makeStore(store);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Its machine was started anew since: nothing of it runs. */
function make(name: string, asked: object): ContainerFiles {
  const made = reserve(store, { ...ownConfig(newId()), ...asked }, name);
  if (made.kind !== 'reserved') throw new Error(`taken by ${made.owner}`);
  writeState(made.files, { ...made.state, status: 'running', bootId: 'another', init: made.state.creator });
  return made.files;
}

/** As an older nsview wrote it. */
function forget(files: ContainerFiles, ...fields: readonly string[]): void {
  const config = JSON.parse(readFileSync(files.config, 'utf8')) as { [name: string]: unknown };
  writeFileSync(
    files.config,
    JSON.stringify({ ...config, ...Object.fromEntries(fields.map((name) => [name, undefined])) }),
  );
}

const idOf = ({ directory: path }: ContainerFiles) => path.slice(path.lastIndexOf('/') + 1);

it('sweeps and removes what an older nsview made', async () => {
  const gone = make('gone', { autoRemove: true });
  const kept = make('kept', {});
  for (const files of [gone, kept]) forget(files, 'parents', 'layers', 'binds');
  const { lines, failures } = await sweepContainers(store);
  expect(failures).toEqual([]);
  expect(lines.toSorted()).toEqual([
    'gone: it lost its helper, and was to be removed',
    'kept: it lost its helper, and counts as killed',
  ]);
  const left = readContainer(store, idOf(kept)) ?? expect.fail('it is gone');
  expect(left).toMatchObject({ status: 'exited', exit: { signal: 9 } });
  await removeContainer(store, left, { force: false, volumes: true });
  expect([...readdirSync(store.containers), ...readdirSync(store.names)]).toEqual([]);
});

it.each(['config', 'state'] as const)('tells of a spoilt %s, and sweeps the others', async (record) => {
  const spoilt = make('spoilt', {});
  const others = [make('one', { autoRemove: true }), make('other', { autoRemove: true })];
  writeFileSync(spoilt[record], '{"id": "');
  const { lines, failures } = await sweepContainers(store);
  expect(failures.map(({ message, remedy }) => [message, remedy])).toEqual([
    [
      `${spoilt[record]}: it is not the record of a container`,
      `If nothing of it runs any more, remove ${spoilt.directory}: nsview gc sweeps the rest.`,
    ],
  ]);
  expect(lines).toHaveLength(2);
  expect(others.map((files) => existsSync(files.directory))).toEqual([false, false]);
  rmSync(spoilt.directory, { recursive: true });
  expect(await sweepContainers(store)).toEqual({ lines: ['spoilt: a name without a container'], failures: [] });
});

it('knows the layers in use, unless one container does not tell its own', () => {
  const layered = make('layered', { image: 'nsview/demo', layers: ['/layers/a', '/layers/b'] });
  make('plain', {});
  expect(layersInUse(store)).toEqual(new Set(['/layers/a', '/layers/b']));
  forget(layered, 'layers');
  expect(layersInUse(store)).toBeNull();
  writeFileSync(layered.config, '');
  expect(layersInUse(store)).toBeNull();
  rmSync(layered.directory, { recursive: true });
  expect(layersInUse(store)).toEqual(new Set());
});
