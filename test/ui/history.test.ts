import { expect, test } from 'vitest';
import { createHistory, record } from '../../src/model/history/history.ts';
import { figureAt } from '../../src/model/history/track.ts';
import { containerFixture } from '../support/container-fixture.ts';
import { act, LARGE, modelOf, press, SMALL, screenText } from '../support/dashboard.ts';
import { historyFixture } from '../support/history-fixture.ts';
import { snapshotFixture } from '../support/snapshot-fixture.ts';

const web = containerFixture(3, { name: 'web' });
const PLOT = /[\u2801-\u28ff]{3}/;

test('a chart is there as soon as something is known, and stays when its container is gone', () => {
  const history = createHistory();
  const open = press(modelOf(snapshotFixture([web]), SMALL, [], history), 'enter 3');
  expect(screenText(open)).not.toMatch(PLOT);
  expect(screenText(open)).toContain('… a chart begins with the next sample');
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

test('where the groups of a container went it is as it was before, and so are its limits and its chart', () => {
  const { cgroup } = web;
  const ended = {
    ...web,
    cgroup: cgroup && {
      ...cgroup,
      cpu: { ...cgroup.cpu, usageUs: null, usageCores: null, limitCores: null },
      memory: { ...cgroup.memory, usageBytes: null, workingSetBytes: null, limitBytes: null },
      pids: { current: null, limit: null, limitedBy: null },
    },
  };
  const history = createHistory();
  const arrive = (model: ReturnType<typeof modelOf>, containers: readonly (typeof web)[]) => {
    const snapshot = snapshotFixture(containers);
    record(history, snapshot);
    return act(model, [{ type: 'snapshot', snapshot }]).model;
  };
  const seen = [web, web, web].reduce(
    (model, container) => arrive(model, [container]),
    press(modelOf(snapshotFixture([web]), LARGE, [], history), 'enter 3'),
  );
  const shown = (model: typeof seen) => screenText(model).split('\n').slice(3, -1);
  for (const gone of [arrive(seen, [ended]), arrive(arrive(arrive(seen, [ended]), [ended]), [])]) {
    expect(screenText(gone)).toContain('gone: this is how it was last');
    expect(shown(gone)).toEqual(shown(seen));
  }
  expect(screenText(seen)).toMatch(/limit +0\.50 cores/);
});

test('a tick in which its files could not be read leaves a gap in its chart, and calls nothing gone', () => {
  const { cgroup } = web;
  const file = `/sys/fs/cgroup/memory${cgroup?.paths['memory']}/memory.usage_in_bytes`;
  const unread = {
    ...web,
    cgroup: cgroup && {
      ...cgroup,
      cpu: { ...cgroup.cpu, usageUs: null, usageCores: null },
      memory: { ...cgroup.memory, usageBytes: null, workingSetBytes: null },
      pids: { ...cgroup.pids, current: null },
    },
    problems: [{ path: file, code: 'EMFILE', message: 'too many open files', remedy: null }],
  };
  const history = createHistory();
  const open = press(modelOf(snapshotFixture([web]), LARGE, [], history), 'enter 3');
  const screens: string[] = [];
  [web, unread, web].reduce((model, container) => {
    const snapshot = snapshotFixture([container]);
    record(history, snapshot);
    const next = act(model, [{ type: 'snapshot', snapshot }]).model;
    screens.push(screenText(next));
    return next;
  }, open);
  expect(screens.filter((screen) => screen.includes('gone'))).toEqual([]);
  const track = history.tracks.get(web.id) ?? expect.fail('it was forgotten');
  const cores = [0, 1, 2].map((at) => figureAt(track, 'cpuCores', track.first + at));
  expect(cores).toEqual([Math.fround(0.2), Number.NaN, Math.fround(0.2)]);
});

test('z zooms all charts to one minute, to three, and back', () => {
  const snapshot = snapshotFixture([web]);
  const model = press(modelOf(snapshot, LARGE, [], historyFixture(snapshot, 600)), 'enter 3');
  const ago = (keys: string) => / (\S+ min) ago/.exec(screenText(press(model, keys)))?.[1];
  expect(['', 'z', 'z z', 'z z z'].map(ago)).toEqual(['10 min', '1 min', '3 min', '10 min']);
  expect(screenText(press(model, 'z'))).toContain('charts show the last minute');
  expect(screenText(press(model, '1 z'))).toContain('this is for charts');
});
