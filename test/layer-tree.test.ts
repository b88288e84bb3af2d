import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openLayerTree } from '../src/layer-tree.ts';
import type { TreeAnswer, TreeQuestion } from '../src/model/layers/tree.ts';
import { openHost } from '../src/probes/open-host.ts';
import { containerFixture } from './support/container-fixture.ts';

const question: TreeQuestion = {
  container: containerFixture(0, { layers: null }),
  openness: { opened: new Set(), closed: new Set(), changesOnly: false },
  versionsOf: null,
  search: null,
  use: false,
};

it('what fails is told, and the next question is answered all the same', async () => {
  const failures: unknown[] = [];
  const answers: TreeAnswer[] = [];
  const ask = openLayerTree(
    openHost({}, { native: false }),
    (error) => failures.push(error),
    () => false,
  );
  const failure = new Error('a fault of ours');
  ask(question, () => {
    throw failure;
  });
  await nextTurn();
  expect(failures).toEqual([failure]);
  ask(question, (answer) => answers.push(answer));
  await nextTurn();
  expect(answers).toMatchObject([{ kind: 'directories', problems: [{ code: 'ENOENT' }] }]);
});
