import { beforeAll, describe, expect, it } from 'vitest';
import { LARGE, modelOf, press, SMALL, screenText } from '../support/dashboard.ts';
import { historyFixture } from '../support/history-fixture.ts';
import { recordedGroupsFixture } from '../support/host-groups-fixture.ts';
import { sceneFixture } from '../support/scene-fixture.ts';

beforeAll(() => {
  process.env['TZ'] = 'UTC';
});

describe.each([SMALL, LARGE])('a recording at $columns x $rows', (size) => {
  it.each([
    ['replay', ''],
    ['replay-paused', '} } space'],
    ['replay-procfs', '/ w e b enter enter 6'],
    ['replay-refused', 'a'],
    ['replay-help', '?'],
    ['replay-host-groups', 'H'],
  ])('%s', async (name, keys) => {
    const scene = sceneFixture({ hostGroups: recordedGroupsFixture() });
    const model = modelOf(scene, size, [], historyFixture(scene, 250));
    const replay = { firstMs: scene.atMs - 250_000, lastMs: scene.atMs + 3_350_000, speed: 1, seek: null };
    const frame = screenText(press({ ...model, ui: { ...model.ui, replay } }, keys));
    await expect(`${frame}\n`).toMatchFileSnapshot(`./${name}-${size.columns}x${size.rows}.txt`);
  });
});
