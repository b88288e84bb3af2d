import { describe, expect, test } from 'vitest';
import { demosFixture } from '../support/action-fixture.ts';
import { LARGE, modelOf, press, SMALL, screenText } from '../support/dashboard.ts';
import { historyFixture } from '../support/history-fixture.ts';
import { openedGroupFixture } from '../support/host-groups-fixture.ts';
import { sceneFixture } from '../support/scene-fixture.ts';

/** The first row by name is `(sh)`; `web` is reached through the filter, which Enter keeps and Esc clears. */
const WEB = '/ w e b enter enter';

const VIEWS = {
  list: '',
  'list-last-minute': 'down',
  'list-grouped': 'b',
  'list-sorted': 's down down down down down down down enter',
  'list-percent': '% %',
  'list-filtered': '/ ! w e b enter',
  overview: WEB,
  namespaces: `${WEB} 2`,
  cgroup: `${WEB} 3`,
  'cgroup-memory': `${WEB} 3 down down down down down down down down down down down down down down`,
  'cgroup-groups': `${WEB} 3 end`,
  'cgroup-file': `${WEB} 3 f`,
  'cgroup-chain': `${WEB} 3 down down down down down down down down down A`,
  'limit-form': `${WEB} 3 down enter`,
  'limit-typed': `${WEB} 3 down enter 0 . 5`,
  'limit-wrong': `${WEB} 3 down enter x`,
  'limit-confirm': `${WEB} 3 down enter 0 . 5 enter`,
  'undo-confirm': `${WEB} 3 u down`,
  'cgroup-throttled': '/ b u r n enter enter 3',
  processes: `${WEB} 4`,
  layers: `${WEB} 5`,
  'layers-opened': `${WEB} 5 down down enter down down down down`,
  'layers-changes': `${WEB} 5 o`,
  'layers-mounted': `${WEB} 5 down`,
  'layers-versions': `${WEB} 5 down down enter down down down down down enter`,
  'layers-hex': `${WEB} 5 o end v`,
  'layers-diff': `${WEB} 5 o down down down v d`,
  'layers-search': `${WEB} 5 / o t enter`,
  'layers-waste': `${WEB} 5 w`,
  'layers-table': `${WEB} 5 t`,
  procfs: `${WEB} 6`,
  mounts: `${WEB} 7`,
  security: `${WEB} 8`,
  'host-namespaces': 'n',
  'host-groups': 'H',
  'host-groups-sorted': 'H s down down down down enter',
  'host-groups-folded': 'H down down down down left',
  'host-groups-filtered': 'H / b u r n enter',
  'host-groups-process': 'H / s s h d enter',
  'group-processes': 'H / s e s s i o n enter down down down enter',
  help: '?',
  palette: ': s o r t',
  'sort-menu': 's',
  'columns-menu': 'c down space',
  'actions-menu': `${WEB.replace(/ enter$/, '')} a down down`,
  'confirm-remove': `${WEB} a 5`,
  demos: 'D down',
} as const;

describe.each([SMALL, LARGE])('at $columns x $rows', (size) => {
  test.each(Object.entries(VIEWS))('%s', async (name, keys) => {
    const scene = sceneFixture({ hostGroups: openedGroupFixture() });
    const frame = screenText(press(modelOf(scene, size, demosFixture, historyFixture(scene, 250)), keys));
    await expect(`${frame}\n`).toMatchFileSnapshot(`./${name}-${size.columns}x${size.rows}.txt`);
  });
});
