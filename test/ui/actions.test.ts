import { describe, expect, test } from 'vitest';
import type { Offer, Target } from '../../src/model/action.ts';
import type { Model } from '../../src/ui/state.ts';
import { resultText } from '../../src/ui/update/actions.ts';
import type { Effect } from '../../src/ui/update/step.ts';
import type { Action } from '../../src/ui/update/update.ts';
import { demosFixture, offersFixture, READ_ONLY, refusedFixture } from '../support/action-fixture.ts';
import { containerFixture } from '../support/container-fixture.ts';
import { act, modelOf, press, screenText } from '../support/dashboard.ts';
import { sceneFixture } from '../support/scene-fixture.ts';
import { snapshotFixture } from '../support/snapshot-fixture.ts';

const web = () => modelOf(snapshotFixture([containerFixture(3, { name: 'web' })]));

function typed(model: Model, keys: string, offers = offersFixture): { model: Model; performed: readonly Offer[] } {
  const actions = keys.split(' ').map((key): Action => ({ type: 'key', key }));
  const { model: last, effects } = act(model, actions, offers);
  return {
    model: last,
    performed: effects.flatMap((effect: Effect) => (effect.type === 'perform' ? [effect.offer] : [])),
  };
}

const performedVerbs = (keys: string, model = web()) => typed(model, keys).performed.map(({ verb }) => verb);

describe('the menu of actions', () => {
  test('opens on the selected container, also within it', () => {
    for (const keys of ['a', 'enter a', 'enter 3 a']) {
      expect(press(web(), keys).ui.overlay).toMatchObject({ kind: 'actions', target: { container: { name: 'web' } } });
    }
  });

  test('what can be taken back happens at once, by Enter or its number', () => {
    expect(performedVerbs('a down enter')).toEqual(['pause']);
    expect(performedVerbs('a 2')).toEqual(['pause']);
    expect(performedVerbs('a 9 7')).toEqual([]);
  });

  test('e opens a shell with the menu and without', () => {
    expect(performedVerbs('e')).toEqual(['shell']);
    expect(performedVerbs('enter 4 e')).toEqual(['shell']);
    expect(performedVerbs('a enter')).toEqual(['shell']);
  });

  test('follows what it is about while it is open, and its cursor stays', () => {
    const paused = containerFixture(3, { name: 'web', status: 'paused' });
    const open = press(web(), 'a down');
    const unpausing = (target: Target) =>
      offersFixture(target).map((one) =>
        one.verb === 'pause' && target.kind === 'container' && target.container.status === 'paused'
          ? { ...one, verb: 'unpause' as const }
          : one,
      );
    const { model } = act(open, [{ type: 'snapshot', snapshot: snapshotFixture([paused]) }], unpausing);
    expect(model.ui.overlay).toMatchObject({
      kind: 'actions',
      index: 1,
      offers: [{}, { verb: 'unpause' }, {}, {}, {}, {}],
    });
  });

  test('Esc leaves it with nothing done', () => {
    const { model, performed } = typed(web(), 'a down esc');
    expect([model.ui.overlay, performed]).toEqual([null, []]);
  });

  test('says why where there is nothing to act on', () => {
    expect(press(modelOf(snapshotFixture([])), 'a').ui.message?.text).toBe('no container is running');
    expect(press(web(), 'n a').ui.message?.text).toBe('open a container first');
    const gone = act(press(web(), 'enter'), [{ type: 'snapshot', snapshot: snapshotFixture([]) }]).model;
    expect(press(gone, 'e').ui.message?.text).toBe('this container is gone');
  });
});

describe('what cannot be taken back', () => {
  test.each([
    ['3', 'stop'],
    ['4', 'kill'],
    ['5', 'remove'],
  ])('asks first, and No stands first: %s', (digit, verb) => {
    expect(performedVerbs(`a ${digit}`)).toEqual([]);
    expect(performedVerbs(`a ${digit} enter`)).toEqual([]);
    expect(performedVerbs(`a ${digit} esc`)).toEqual([]);
    expect(performedVerbs(`a ${digit} down enter`)).toEqual([verb]);
  });

  test('y is yes, n and Esc are no, and the footer says so', () => {
    expect(performedVerbs('a 3 y')).toEqual(['stop']);
    for (const key of ['n', 'esc', 'left']) {
      const { model, performed } = typed(web(), `a 3 ${key}`);
      expect([model.ui.overlay, performed]).toEqual([null, []]);
    }
    const footer = (keys: string) => screenText(press(web(), keys)).split('\n').at(-1);
    expect(footer('a 3')).toMatch(/^ y yes {2}n no {2}↵ no {2}q quit/);
    expect(footer('a 3 down')).toMatch(/^ y yes {2}n no {2}↵ yes {2}q quit/);
  });

  test('no number and no other letter answers the question', () => {
    for (const key of ['1', '2', 'Y', 'x', 'space', 'k', 'D', 'right']) {
      expect(performedVerbs(`a 3 ${key}`)).toEqual([]);
    }
  });

  test('no letter alone, nor one before Enter, ends anything', () => {
    const letters = Array.from({ length: 94 }, (_, index) => String.fromCharCode(33 + index));
    const harmless = ['shell', 'start', 'pause'];
    for (const letter of letters) {
      for (const keys of [
        letter,
        `${letter} enter`,
        `enter ${letter} enter`,
        `D ${letter} enter`,
        `a ${letter} enter`,
      ]) {
        expect(performedVerbs(keys).filter((verb) => !harmless.includes(verb))).toEqual([]);
      }
    }
  });

  test('the question shows the command and the exact call', () => {
    const screen = screenText(press(web(), 'a 3'));
    expect(screen).toContain('Stop web?');
    expect(screen).toContain('docker stop web');
    expect(screen.replaceAll(/[│\s]/g, '')).toContain(
      `POST/containers/${containerFixture(3).id}/stopon/var/run/docker.sock`,
    );
  });

  test('a name that means harm is stripped wherever it is shown', () => {
    const name = '\u001b[2J\u202eweb\nYes, remove everything';
    for (const keys of ['a', 'a 3', 'a 5']) {
      const screen = screenText(press(modelOf(snapshotFixture([containerFixture(3, { name })])), keys));
      expect(screen).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202a-\u202e]/);
      expect(screen.split('\n')).toHaveLength(24);
    }
  });
});

test('with --read-only the menu shows what would be done, and takes nothing', () => {
  const { model, performed } = typed(web(), 'a 2 3 enter', refusedFixture);
  expect(performed).toEqual([]);
  expect(model.ui.overlay?.kind).toBe('actions');
  expect(model.ui.message?.text).toBe(READ_ONLY);
  expect(typed(web(), 'e', refusedFixture).model.ui.message?.text).toBe(READ_ONLY);
});

test('a limit that changed names the key that undoes it, also where the message is too long', () => {
  const [offer = expect.fail('no offer')] = offersFixture({ kind: 'undo', container: containerFixture(3) });
  const says = `limited ${'web'.repeat(40)}: cpu.cfs_quota_us max -> 50000`;
  const text = resultText({ ...offer, verb: 'limit' }, { ok: true, says });
  const { model } = act(web(), [{ type: 'say', text, tone: 'good' }]);
  const footer = screenText(model).split('\n').at(-1) ?? '';
  expect(footer).toMatch(/^ limited web.*….* u undoes it *$/);
  expect(resultText({ ...offer, verb: 'limit' }, { ok: false, says })).not.toContain('undoes');
});

describe('demos', () => {
  const running = () => modelOf(sceneFixture());

  test('D shows them, Enter starts what does not run', () => {
    expect(performedVerbs('D enter')).toEqual(['start']);
    expect(performedVerbs('D down enter')).toEqual(['start']);
  });

  test('Enter on one that runs goes to it, and Esc comes back', () => {
    const own = containerFixture(1, { name: 'burn', engine: 'nsview' });
    const open = press(modelOf(snapshotFixture([own])), 'D enter');
    expect(open.ui.view).toMatchObject({ name: 'container', id: own.id });
    expect(press(open, 'esc').ui.view.name).toBe('demos');
    // Another engine's container of that name is none of ours.
    expect(performedVerbs('D enter', running())).toEqual(['start']);
  });

  test('Enter on one about a union shows the directory that it is about', () => {
    const own = containerFixture(1, { name: 'burn', engine: 'nsview' });
    const [first, ...rest] = demosFixture;
    const model = modelOf(snapshotFixture([own]));
    if (first === undefined) throw new Error('no demos');
    const demos = [{ ...first, directory: '/union' }, ...rest];
    const { ui } = press({ ...model, ui: { ...model.ui, demos } }, 'D enter');
    expect(ui.view).toMatchObject({ tab: 'layers', tree: { shows: 'tree', opened: new Set(['/union']) } });
    expect(ui.cursors.layers.key).toBe('/union');
  });

  test('removing asks, one and all', () => {
    expect(performedVerbs('D a 3')).toEqual([]);
    expect(performedVerbs('D a 3 down enter')).toEqual(['remove']);
    expect(performedVerbs('D a 4 down enter')).toEqual(['removeAll']);
  });

  test('what to look at is told whole, however narrow', () => {
    const words = demosFixture.map(({ says }) => says.split(' '));
    const screen = screenText(press(modelOf(snapshotFixture([]), { columns: 50, rows: 30 }), 'D'));
    const shown = screen.split(/\s+/).join(' ');
    for (const sentence of words) {
      expect(shown).toContain(sentence.join(' '));
    }
  });
});
