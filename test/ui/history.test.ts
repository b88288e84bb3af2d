import { expect, test } from 'vitest';
import { createHistory, record } from '../../src/model/history/history.ts';
import { containerFixture } from '../support/container-fixture.ts';
import { act, LARGE, modelOf, press, SMALL, screenText } from '../support/dashboard.ts';
import { snapshotFixture } from '../support/snapshot-fixture.ts';

const web = containerFixture(3, { name: 'web' });
const PLOT = /[\u2801-\u28ff]{3}/;

test('a chart is there as soon as something is known, and stays when its container is gone', () => {
  const history = createHistory();
  const open = press(modelOf(snapshotFixture([web]), LARGE, [], history), 'enter 3');
  expect(screenText(open)).not.toMatch(PLOT);
  const arrive = (model: typeof open, containers: readonly (typeof web)[]) => {
    const snapshot = snapshotFixture(containers);
    record(history, snapshot);
    return act(model, [{ type: 'snapshot', snapshot }]).model;
  };
  const seen = [1, 2, 3, 4, 5, 6].reduce((model) => arrive(model, [web]), open);
  expect(screenText(seen)).toMatch(PLOT);
  const gone = arrive(arrive(seen, []), []);
  expect(history.tracks.size).toBe(0);
  expect(screenText(gone)).toMatch(PLOT);
});

test('the last minute stands below the list where there is room, for what is known', () => {
  const containers = Array.from({ length: 30 }, (_, index) =>
    containerFixture(index % 16, { id: `${index}`, name: `c${String(index).padStart(2, '0')}` }),
  );
  const history = createHistory();
  const all = snapshotFixture(containers);
  record(history, all);
  expect(screenText(modelOf(all, LARGE, [], history))).toMatch(/last minute c00 +▁*█ cpu peak 0.20 +█ mem peak 22M/);
  expect(screenText(modelOf(all, SMALL, [], history))).not.toContain('last minute');
  expect(screenText(press(modelOf(all, LARGE, [], history), '?'))).not.toContain('last minute');
  const bare = snapshotFixture([containerFixture(0, { cgroup: null })]);
  const unknown = createHistory();
  record(unknown, bare);
  expect(screenText(modelOf(bare, LARGE, [], unknown))).not.toContain('last minute');
});
