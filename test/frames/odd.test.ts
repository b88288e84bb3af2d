import { expect, test } from 'vitest';
import { frameOf } from '../../src/ui/scene.ts';
import { paintRow } from '../../src/ui/theme.ts';
import type { Action } from '../../src/ui/update/update.ts';
import { refusedFixture } from '../support/action-fixture.ts';
import { containerFixture } from '../support/container-fixture.ts';
import { act, modelOf, press, SMALL, screenText } from '../support/dashboard.ts';
import { historyFixture } from '../support/history-fixture.ts';
import { crowdFixture, deniedFixture, sceneFixture } from '../support/scene-fixture.ts';
import { snapshotFixture } from '../support/snapshot-fixture.ts';

test('a container that vanishes stays as it was last, marked gone', async () => {
  const open = press(modelOf(sceneFixture()), '/ b u r n enter enter');
  const { model } = act(open, [
    {
      type: 'snapshot',
      snapshot: snapshotFixture([containerFixture(3)], { atMs: Date.parse('2026-03-01T13:00:00Z') }),
    },
  ]);
  await expect(`${screenText(model)}\n`).toMatchFileSnapshot('./gone.txt');
});

test('an ordinary user sees what is hidden and why', async () => {
  const model = modelOf(deniedFixture());
  await expect(`${screenText(model)}\n`).toMatchFileSnapshot('./denied-list.txt');
  await expect(`${screenText(press(model, 'enter 2'))}\n`).toMatchFileSnapshot('./denied-namespaces.txt');
  const later = act(press(model, 'enter 8'), [{ type: 'snapshot', snapshot: { ...deniedFixture(), atMs: 1 } }]).model;
  await expect(`${screenText(later)}\n`).toMatchFileSnapshot('./denied-security.txt');
});

test('nothing runs', async () => {
  await expect(`${screenText(modelOf(snapshotFixture([])))}\n`).toMatchFileSnapshot('./empty.txt');
});

test('nothing can be changed', async () => {
  const keys = ['a', 'down'].map((key): Action => ({ type: 'key', key }));
  const { model } = act(modelOf(snapshotFixture([containerFixture(3, { name: 'web' })])), keys, refusedFixture);
  await expect(`${screenText(model)}\n`).toMatchFileSnapshot('./refused.txt');
});

test('a question about a name that means harm', async () => {
  const name = `\u001b[31m${'long '.repeat(30)}\u202e\nYes`;
  const model = press(modelOf(snapshotFixture([containerFixture(3, { name })])), 'a 3');
  await expect(`${screenText(model)}\n`).toMatchFileSnapshot('./confirm-hostile.txt');
});

test('wide characters and harmful names break no column', async () => {
  const size = { columns: 100, rows: 16 };
  const containers = ['東京スカイツリー', '\u202egpj.exe', 'naïve', 'a\nb\tc', '👩‍👩‍👧 family'].map((name, index) =>
    containerFixture(index, { name }),
  );
  await expect(`${screenText(modelOf(snapshotFixture(containers), size))}\n`).toMatchFileSnapshot('./wide.txt');
});

test('the end of a thousand rows', async () => {
  await expect(`${screenText(press(modelOf(crowdFixture(1000)), 'G'))}\n`).toMatchFileSnapshot('./crowd.txt');
});

test('the first sample has no rates yet', async () => {
  const scene = snapshotFixture([
    containerFixture(0, {
      cgroup: (({ cpu, ...rest }) => ({ ...rest, cpu: { ...cpu, usageCores: null, throttledPercent: null } }))(
        containerFixture(0).cgroup ?? expect.fail('the fixture has a cgroup'),
      ),
    }),
  ]);
  const model = modelOf({ ...scene, elapsedUs: null, rates: {} }, { columns: 120, rows: 8 });
  await expect(`${screenText(model)}\n`).toMatchFileSnapshot('./first-sample.txt');
});

test.each([
  [20, 5],
  [1, 1],
  [40, 8],
])('a terminal of %i x %i', async (columns, rows) => {
  const frame = screenText(modelOf(sceneFixture(), { columns, rows }));
  await expect(`${frame}\n`).toMatchFileSnapshot(`./small-${columns}x${rows}.txt`);
});

test('without UTF-8 and without colours', async () => {
  const theme = { depth: 'none', utf8: false } as const;
  const frame = frameOf(modelOf(sceneFixture(), { columns: 120, rows: 20 })).map((row) => paintRow(row, theme));
  expect(frame.join('')).toMatch(/^[\x20-\x7e\u001b]*$/);
  // Attributes are no colours: https://no-color.org
  expect(frame.join('')).not.toMatch(/\u001b\[[\d;]*(3|4|9|10)\d[;m]/);
  await expect(`${frame.map((row) => row.trimEnd()).join('\n')}\n`).toMatchFileSnapshot('./ascii.txt');
});

test('charts without UTF-8 and without colours', async () => {
  const scene = sceneFixture();
  const model = press(
    modelOf(scene, { columns: 100, rows: 45 }, [], historyFixture(scene, 250)),
    '/ b u r n enter enter 3',
  );
  const theme = { depth: 'none', utf8: false } as const;
  const charts = frameOf(model)
    .slice(3)
    .map((row) => paintRow(row, theme).trimEnd());
  expect(charts.join('')).toMatch(/^[\x20-\x7e\u001b]*$/);
  await expect(`${charts.join('\n')}\n`).toMatchFileSnapshot('./ascii-charts.txt');
});

test('colours at every depth', async () => {
  const rows = frameOf(modelOf(sceneFixture(), SMALL)).slice(0, 4);
  for (const depth of ['16', '256', 'true'] as const) {
    const frame = rows.map((row) => paintRow(row, { depth, utf8: true })).join('\n');
    await expect(`${JSON.stringify(frame.split('\n'), null, 1)}\n`).toMatchFileSnapshot(`./colours-${depth}.txt`);
  }
});
