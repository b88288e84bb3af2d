import { describe, expect, it } from 'vitest';
import { bindingFor, keyTable, scopesOf } from '../../src/ui/keymap.ts';
import type { Model } from '../../src/ui/state.ts';
import { update } from '../../src/ui/update/update.ts';
import { modelOf, press, SMALL, screenText } from '../support/dashboard.ts';
import { recordedGroupsFixture } from '../support/host-groups-fixture.ts';
import { sceneFixture } from '../support/scene-fixture.ts';

const scene = sceneFixture();

function replayed(speed = 1): Model {
  const model = modelOf(scene, SMALL);
  const replay = { firstMs: scene.atMs - 42_000, lastMs: scene.atMs + 558_000, speed, seek: null };
  return { ...model, ui: { ...model.ui, replay } };
}

const effectOf = (model: Model, key: string) => update(model, { type: 'key', key }).effect;

describe('the keys of a recording', () => {
  it.each([
    ['.', { type: 'jump', by: { samples: 1 } }],
    [',', { type: 'jump', by: { samples: -1 } }],
    ['>', { type: 'jump', by: { ms: 60_000 } }],
    ['<', { type: 'jump', by: { ms: -60_000 } }],
    ['^', { type: 'jump', by: 'start' }],
    ['$', { type: 'jump', by: 'end' }],
    ['}', { type: 'speed', factor: 2 }],
    ['{', { type: 'speed', factor: 0.5 }],
    ['space', { type: 'freeze', frozen: true }],
  ])('%s asks for %j', (key, effect) => {
    expect(effectOf(replayed(), key)).toEqual(effect);
  });

  it('mean nothing on a live host', () => {
    for (const key of ['.', ',', '>', '<', '^', '$', '{', '}']) expect(bindingFor(modelOf(scene), key)).toBeNull();
  });

  it('are no other keys than those of the view below, but for the same', () => {
    for (const keys of ['', 'enter', 'n', 'H']) {
      const scopes = scopesOf(press(replayed(), keys));
      const meanings = new Map<string, Set<string>>();
      for (const { keys: names, command, scopes: where } of keyTable) {
        if (!where.some((scope) => scopes.includes(scope))) continue;
        for (const name of names) meanings.set(name, (meanings.get(name) ?? new Set()).add(command));
      }
      expect([...meanings].filter(([, commands]) => commands.size > 1)).toEqual([]);
    }
  });

  it('pause with a step, and go no faster than they can', () => {
    expect(press(replayed(), '.').ui.frozen).toBe(true);
    expect(press(replayed(), '>').ui.frozen).toBe(false);
    expect(press(replayed(64), '}').ui.replay?.speed).toBe(64);
    expect(effectOf(replayed(64), '}')).toBeNull();
  });
});

describe('a recording on the screen', () => {
  it('says when it was, how far that is, and how it plays', () => {
    const header = (model: Model) => screenText(model).split('\n')[0];
    expect(header(replayed())).toMatch(/REPLAY \d\d:\d\d:\d\d 0:42 of 10:00 ×1/);
    expect(header(press(replayed(), 'space'))).toMatch(/0:42 of 10:00 paused/);
    const end = replayed();
    const atMs = end.ui.replay?.lastMs ?? 0;
    expect(header({ ...end, snapshot: { ...end.snapshot, atMs } })).toMatch(/10:00 of 10:00 end/);
  });

  it('says what is still to come of it', () => {
    const header = (model: Model) => screenText(model).split('\n')[0];
    const reading = update(replayed(), { type: 'seek', seek: 'sample' }).model;
    expect(header(reading)).toMatch(/of 10:00 ×1, seeking…/);
    const building = update(reading, { type: 'seek', seek: { historyPercent: 34 } }).model;
    expect(header(building)).toMatch(/of 10:00 ×1, history: 34 %/);
    expect(header(update(building, { type: 'seek', seek: null }).model)).toMatch(/of 10:00 ×1/);
  });

  it.each(['a', 'e', 'u', 'D', '+', '-', 'H'])('%s does nothing and says why', (key) => {
    const after = press(replayed(), key);
    expect(after.ui.message?.text).toContain('recording');
    expect(after.ui.overlay).toBeNull();
    expect(effectOf(replayed(), key)).toBeNull();
  });

  it('opens no form of a limit', () => {
    const cgroup = press(replayed(), '/ b u r n enter enter 3');
    const limits = Array.from({ length: 12 }, (_, down) => press(cgroup, `${'down '.repeat(down)}enter`));
    expect(limits.filter(({ ui }) => ui.message?.text.includes('recording')).length).toBeGreaterThan(2);
    expect(limits.map(({ ui }) => ui.overlay)).toEqual(limits.map(() => null));
  });

  it('never waits for a part that is not in it', () => {
    const bare = { ...scene, containers: scene.containers.map((one) => ({ ...one, layers: null, mounts: null })) };
    const model = replayed();
    const opened = press({ ...model, snapshot: bare }, 'enter');
    for (const tab of ['1', '5', '6', '7']) expect(screenText(press(opened, tab))).not.toMatch(/[Rr]eading/);
    expect(screenText(press(opened, '6'))).toContain('A recording does not hold what it sees in /proc');
    expect(screenText(press(replayed(), '/ b u r n enter enter 3 end'))).toContain('not recorded: PSS');
    expect(screenText(press(modelOf(scene, SMALL), '/ b u r n enter enter 3 end'))).not.toContain('not recorded');
  });

  it('says where it ends, and where it begins', () => {
    const at = (atMs: number, keys: string) => press({ ...replayed(), snapshot: { ...scene, atMs } }, keys).ui.message;
    const end = scene.atMs + 558_000;
    for (const key of ['.', '>', '$']) expect(at(end, key)?.text).toContain('last sample');
    for (const key of [',', '<', '^']) expect([at(end, key), at(scene.atMs, key)]).toEqual([null, null]);
    for (const key of [',', '<', '^']) expect(at(scene.atMs - 42_000, key)?.text).toContain('first sample');
    expect(at(end, 'space')).toBeNull();
    expect(at(end, 'space space')?.text).toContain('it ends here');
  });

  it('has the groups of the host, of which only containers can be opened', () => {
    const groups = press({ ...replayed(), snapshot: { ...scene, hostGroups: recordedGroupsFixture() } }, 'H');
    expect(groups.ui.view.name).toBe('hostGroups');
    const refused = press(groups, '/ s s h enter end enter');
    expect([refused.ui.view.name, refused.ui.message?.text]).toEqual([
      'hostGroups',
      expect.stringContaining('only how many processes'),
    ]);
    expect(press(groups, '/ b u r n enter end enter').ui.view).toMatchObject({ name: 'container', tab: 'cgroup' });
    const older = press({ ...replayed(), snapshot: { ...scene, hostGroups: null } }, 'H');
    expect([older.ui.view.name, older.ui.message?.text]).toEqual(['list', expect.stringContaining('an older nsview')]);
  });

  it('shows the history that leads to where it is', () => {
    const history = { clockUs: 1, recordedUs: 1, tracks: new Map() };
    const { model } = update(replayed(), { type: 'snapshot', snapshot: scene, history });
    expect(model.history).toBe(history);
  });
});
