import { describe, expect, it } from 'vitest';
import type { Model } from '../../src/ui/state.ts';
import { treeQuestion } from '../../src/ui/update/tree.ts';
import { act, LARGE, modelOf, press, SMALL, screenText } from '../support/dashboard.ts';
import { sceneFixture } from '../support/scene-fixture.ts';

const WEB = '/ w e b enter enter 5';
const scene = sceneFixture();
const at = (keys: string, size = LARGE) => press(modelOf(scene, size), `${WEB} ${keys}`);
/** The selected line of the tree. */
const selected = (model: Model) => /│▸(.*)$/m.exec(screenText(model))?.[1]?.trim() ?? '';
const without = (model: Model) =>
  act(model, [
    { type: 'snapshot', snapshot: { ...scene, containers: scene.containers.filter(({ name }) => name !== 'web') } },
  ]).model;

describe('the tree of the Layers tab', () => {
  it('opens a directory with Enter, closes it with Left, then goes to the one around it, and out', () => {
    const opened = at('down down enter down');
    expect(selected(opened)).toMatch(/hosts/);
    const around = press(opened, 'left');
    expect(selected(around)).toMatch(/▾ etc\//);
    const closed = press(around, 'left');
    expect(selected(closed)).toMatch(/▸ etc\//);
    expect(screenText(closed)).not.toContain('hosts');
    expect(press(closed, 'left').ui.view.name).toBe('list');
  });

  it('says what was written, changed, deleted, and what a mount covers', () => {
    const text = screenText(at('down down enter'));
    expect(text).toMatch(/^.*│ A .* new\.conf +new$/m);
    expect(text).toMatch(/^.*│ C .* passwd +changed, hides 2$/m);
    expect(text).toMatch(/^.*│ D .* motd +deleted by 0, was in 2$/m);
    expect(text).toMatch(/^.*│ {2}M .* data\/ +bind: in no layer or commit$/m);
  });

  it('says of an opened directory that a mount covers it, not that it is empty', () => {
    const text = screenText(at('down enter'));
    expect(text).toMatch(/▾ data\/.*\n.*covered: the container sees a bind mount here, which is in no layer$/m);
    expect(text).not.toMatch(/│ +empty$/m);
  });

  it('has the instruction of the selected entry’s branch, whole or cut in its middle, and its own keys at 80 columns', () => {
    const made = `/bin/sh -c ${Array.from({ length: 40 }, (_, at) => `word${at}`).join(' ')} end`;
    const containers = scene.containers.map((each) =>
      each.name !== 'web' || each.layers === null
        ? each
        : {
            ...each,
            layers: {
              ...each.layers,
              branches: each.layers.branches.map((one) => (one.role === 'image' ? { ...one, createdBy: made } : one)),
            },
          },
    );
    const text = (size: typeof SMALL) =>
      screenText(press(modelOf({ ...scene, containers }, size), WEB)).replaceAll(/^.*│ ?/gm, '');
    expect(text(LARGE)).toMatch(/^2: word0 .*\n.*….* word39 end/m);
    expect(text(SMALL)).toMatch(/^2: word0 .*….* end/m);
    const footer = screenText(press(modelOf(scene, SMALL), WEB))
      .split('\n')
      .at(-1);
    for (const hint of ['v versions', 'o changes', 'w waste', 't table', '/ search', 'q quit']) {
      expect(footer).toContain(hint);
    }
  });

  it('shows only changes, all directories on the way opened, until one is closed', () => {
    const changes = at('o');
    expect(screenText(changes)).toMatch(/new\.conf/);
    expect(screenText(changes)).not.toMatch(/bin\//);
    expect(screenText(press(changes, 'left'))).not.toMatch(/new\.conf/);
    expect(screenText(press(changes, 'o'))).toMatch(/bin\//);
  });

  it('looks for a name, shows it in its place, and Esc leaves what was found', () => {
    const found = at('/ M o t d enter');
    expect(screenText(found)).toContain('1 found among 15 names');
    expect(selected(press(found, 'enter'))).toMatch(/motd/);
    expect(screenText(press(found, 'enter'))).toMatch(/▾ etc\//);
    expect(screenText(press(found, 'esc'))).toMatch(/▸ etc\//);
    expect(at('/ x x esc').ui.overlay).toBeNull();
  });

  it('asks for nothing that nobody looks at, and ends a search that is left', () => {
    expect(treeQuestion(at(''))?.search).toBeNull();
    expect(treeQuestion(press(modelOf(scene), '/ w e b enter enter 3'))).toBeNull();
    const searching = act(at(''), [
      { type: 'key', key: '/' },
      { type: 'key', key: 'x' },
    ]).model;
    expect(treeQuestion(searching)?.search).toBeNull();
    expect(treeQuestion(at('w'))?.use).toBe(false);
    expect(treeQuestion(press(at('w'), 'esc'))?.use).toBe(false);
  });

  it('shows every version of a file, what is in it, and what changed', () => {
    const versions = at('o down down down enter');
    expect(screenText(versions)).toContain('web:x:10:10::/:/bin/sh');
    expect(screenText(press(versions, 'down'))).not.toContain('web:x:10:10');
    const text = screenText(press(versions, 'd'));
    expect(text).toMatch(/mode +0644 → 0600/);
    expect(text).toMatch(/^│ \+web:x:10:10::/m);
    expect(press(versions, 'esc').ui.overlay).toBeNull();
  });

  it('keeps what was read of a container that is gone, and says so', () => {
    const gone = without(at('down down enter'));
    expect(treeQuestion(gone)).toBeNull();
    expect(screenText(gone)).toContain('gone');
    expect(screenText(gone)).toMatch(/▾ etc\//);
    expect(screenText(press(gone, 'down down down down down down enter'))).toContain('no more is');
    expect(screenText(press(gone, 'w'))).toContain('no more is');
  });

  it('reads nothing in a recording', () => {
    const model = at('');
    const replayed = { ...model, ui: { ...model.ui, replay: { firstMs: 0, lastMs: 1, speed: 1, seek: null } } };
    expect(treeQuestion(replayed)).toBeNull();
  });

  it('gives the tree all columns where there are few', () => {
    const model = at('', { columns: 40, rows: 10 });
    expect(screenText(model)).toMatch(/^ ?▸? +2 .* bin\/$/m);
    expect(
      screenText(at('', SMALL))
        .split('\n')
        .every((line) => line.length <= 80),
    ).toBe(true);
  });
});
