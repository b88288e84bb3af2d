import { describe, expect, test } from 'vitest';
import type { Offer } from '../../src/model/action.ts';
import { rowText } from '../../src/ui/rows.ts';
import { frameOf, sceneOf } from '../../src/ui/scene.ts';
import type { Model } from '../../src/ui/state.ts';
import type { Action } from '../../src/ui/update/update.ts';
import { offersFixture, READ_ONLY } from '../support/action-fixture.ts';
import { cgroupFixture, containerFixture } from '../support/container-fixture.ts';
import { act, modelOf, press, screenText } from '../support/dashboard.ts';
import { snapshotFixture } from '../support/snapshot-fixture.ts';

const tabOf = (changes = {}): Model =>
  press(modelOf(snapshotFixture([containerFixture(3, { name: 'web', ...changes })])), 'enter 3');
const own = () => tabOf({ engine: 'nsview' });

/** On the line of the CPU limit. */
const FORM = 'down enter';

function performed(model: Model, keys: string, offers = offersFixture): readonly Offer[] {
  const actions = keys.split(' ').map((key): Action => ({ type: 'key', key }));
  return act(model, actions, offers).effects.flatMap((effect) => (effect.type === 'perform' ? [effect.offer] : []));
}

describe('a limit on the Cgroup tab', () => {
  test('opens its form by Enter, and no other line does', () => {
    expect(press(own(), FORM).ui.overlay).toMatchObject({ kind: 'limit', target: { key: 'cpus', text: '' } });
    expect(press(own(), 'enter').ui.overlay).toBeNull();
  });

  test('is followed letter by letter', () => {
    const typed = press(own(), `${FORM} 0 . 5`);
    expect(typed.ui.overlay).toMatchObject({ target: { text: '0.5' }, offer: { disabledReason: null } });
    expect(screenText(typed)).toContain('20000 -> 50000');
    expect(press(typed, 'backspace').ui.overlay).toMatchObject({
      target: { text: '0.' },
      offer: { disabledReason: /./ },
    });
    expect(press(typed, 'ctrl-u').ui.overlay).toMatchObject({ target: { text: '' } });
    expect(press(typed, 'esc').ui.overlay).toBeNull();
  });

  test('is changed at once where the container is ours', () => {
    expect(performed(own(), `${FORM} 0 . 5 enter`)).toMatchObject([{ verb: 'limit', calls: { length: 3 } }]);
  });

  test('of others asks first, and No stands first', () => {
    expect(performed(tabOf(), `${FORM} 0 . 5 enter enter`)).toEqual([]);
    expect(performed(tabOf(), `${FORM} 0 . 5 enter down enter`)).toMatchObject([{ verb: 'limit' }]);
  });

  test('is not changed by what is none, nor where nothing may be changed', () => {
    expect(performed(own(), `${FORM} x enter`)).toEqual([]);
    expect(press(own(), `${FORM} x enter`).ui.message?.text).toContain('a number of CPUs');
    const refused = (...args: Parameters<typeof offersFixture>) =>
      offersFixture(...args).map((one) => ({ ...one, disabledReason: READ_ONLY }));
    expect(performed(own(), `${FORM} 0 . 5 enter`, refused)).toEqual([]);
  });

  test('follows the container while the form is open, and outlives it', () => {
    const open = press(own(), `${FORM} 1`);
    const later = containerFixture(3, { name: 'web', engine: 'docker' });
    const changed = act(open, [{ type: 'snapshot', snapshot: snapshotFixture([later]) }]).model;
    expect(changed.ui.overlay).toMatchObject({ kind: 'limit', target: { text: '1' }, offer: { asks: true } });
    const gone = act(open, [{ type: 'snapshot', snapshot: snapshotFixture([]) }]).model;
    expect(gone.ui.overlay).toMatchObject({ kind: 'limit' });
    expect(() => frameOf(gone)).not.toThrow();
  });

  test('is gone to from the menu of actions, wherever that is opened', () => {
    const list = modelOf(snapshotFixture([containerFixture(3, { name: 'web' })]));
    for (const from of [list, press(list, 'enter'), own()]) {
      const there = press(from, 'a 6');
      expect(there.ui).toMatchObject({ overlay: null, view: { name: 'container', tab: 'cgroup', from: 'list' } });
      expect(press(there, 'enter').ui.overlay).toMatchObject({ kind: 'limit', target: { key: 'cpus', text: '' } });
      expect(press(there, 'esc').ui.view.name).toBe('list');
    }
  });

  test('is what Enter changes, says the footer, and says nothing of Enter where it does nothing', () => {
    const footer = (model: Model) => screenText(model).split('\n').at(-1);
    expect(footer(press(own(), 'down'))).toContain('↵ change');
    expect(footer(own())).not.toContain('↵');
  });

  test('is taken back by u', () => {
    expect(performed(tabOf(), 'u enter')).toEqual([]);
    expect(performed(tabOf(), 'u down enter')).toMatchObject([{ verb: 'undo' }]);
  });
});

describe('what lies behind a figure', () => {
  test('is the file as the kernel has it', () => {
    const open = press(own(), 'f');
    expect(open.ui.overlay).toMatchObject({ kind: 'file', raw: { text: expect.stringContaining('inactive_file') } });
    expect(press(open, 'esc').ui.overlay).toBeNull();
  });

  test('are the groups above, of the controller that the line is of', () => {
    expect(press(own(), 'A').ui.overlay).toMatchObject({ kind: 'chain', controller: 'cpu', now: { groups: [{}, {}] } });
    expect(press(own(), 'end A').ui.message?.text).toContain('no group above');
  });

  test('is asked for on that tab alone', () => {
    expect(press(own(), '1 f').ui.message?.text).toContain('Cgroup tab');
    expect(press(own(), '4 A').ui.overlay).toBeNull();
  });
});

describe('lines of the tab', () => {
  test('have keys of their own, and every line comes onto the screen', () => {
    const cgroup = { ...cgroupFixture('/docker/web'), warnings: ['a note', 'another one'] };
    let model = tabOf({ cgroup });
    const { body } = sceneOf(model);
    const keys = Array.from({ length: body.count }, (_, index) => body.keyAt(index)).filter((key) => key !== null);
    expect(new Set(keys).size).toBe(keys.length);
    const seen = new Set<string>();
    for (let step = 0; step <= keys.length; step += 1) {
      for (const row of frameOf(model)) {
        seen.add(rowText(row).trim().replace(/^▸/, ''));
      }
      model = press(model, 'down');
    }
    for (let index = 0; index < body.count; index += 1) {
      expect(seen).toContain(rowText(body.line(index, false)).trim());
    }
  });
});

test('of a group that is the root it is said that it is, and no file is said not to exist', () => {
  const cgroup = cgroupFixture('/');
  const root = tabOf({ cgroup: { ...cgroup, cpu: { ...cgroup.cpu, periods: null, throttledPeriods: null } } });
  const screen = screenText({ ...root, ui: { ...root.ui, size: { columns: 100, rows: 120 } } });
  expect(screen).toMatch(/throttled +it is in the root group, which cannot be limited/);
});
