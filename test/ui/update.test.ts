import { describe, expect, test } from 'vitest';
import type { Model } from '../../src/ui/state.ts';
import { selectedKey } from '../../src/ui/update/navigate.ts';
import { containerFixture } from '../support/container-fixture.ts';
import { act, LARGE, modelOf, press, screenText } from '../support/dashboard.ts';
import { crowdFixture, sceneContainers, sceneFixture } from '../support/scene-fixture.ts';
import { snapshotFixture } from '../support/snapshot-fixture.ts';

const letters = ['a', 'b', 'c', 'd'].map((name, index) => containerFixture(index, { name }));
const abcd = () => modelOf(snapshotFixture(letters));

function selectedName(model: Model): string | null {
  const key = selectedKey(model);
  return model.snapshot.containers.find(({ id }) => id === key)?.name ?? null;
}

function arrive(model: Model, names: readonly string[]): Model {
  const containers = letters.filter(({ name }) => names.includes(name ?? ''));
  return act(model, [{ type: 'snapshot', snapshot: snapshotFixture(containers) }]).model;
}

describe('the selection', () => {
  test('stays with its row while others come and go, and while the order turns', () => {
    const onC = press(abcd(), 'down j');
    expect(selectedName(onC)).toBe('c');
    expect(selectedName(arrive(onC, ['c', 'd']))).toBe('c');
    expect(selectedName(arrive(arrive(onC, ['c']), ['a', 'b', 'c', 'd']))).toBe('c');
    expect(selectedName(press(onC, 'r'))).toBe('c');
  });

  test('goes to the row in its place when its row is gone', () => {
    const onB = press(abcd(), 'down');
    expect(selectedName(arrive(onB, ['a', 'c', 'd']))).toBe('c');
    expect(selectedName(arrive(onB, ['a']))).toBe('a');
    expect(selectedName(arrive(onB, []))).toBeNull();
  });

  test('is on the first row at first, and stays there when another comes before it', () => {
    const onB = modelOf(snapshotFixture(letters.slice(1)));
    expect(selectedName(onB)).toBe('b');
    expect(selectedName(arrive(onB, ['a', 'b', 'c', 'd']))).toBe('b');
  });

  test('pages, ends and beginnings', () => {
    const model = modelOf(crowdFixture(100));
    const name = (keys: string) => selectedName(press(model, keys));
    expect([name('G'), name('G g'), name('pagedown'), name('ctrl-d ctrl-d ctrl-u'), name('end up')]).toEqual([
      'crowd-0099',
      'crowd-0000',
      'crowd-0020',
      'crowd-0020',
      'crowd-0098',
    ]);
  });

  test('skips the titles of groups', () => {
    const grouped = press(modelOf(sceneFixture()), 'b g');
    expect(selectedName(grouped)).toContain('red');
    expect(selectedName(press(grouped, 'down'))).toBe('burn');
  });
});

describe('the way in and out', () => {
  test('Enter opens, Esc goes back, with the selection where it was', () => {
    const open = press(abcd(), 'down enter 3');
    expect(open.ui.view).toMatchObject({ name: 'container', id: letters[1]?.id, tab: 'cgroup' });
    const home = press(open, 'esc');
    expect(home.ui.view.name).toBe('list');
    expect(selectedName(home)).toBe('b');
  });

  test('tabs go around, also by Shift-Tab, and lead out by no digit that is not there', () => {
    const tab = (keys: string) => {
      const { view } = press(abcd(), `enter ${keys}`).ui;
      return view.name === 'container' ? view.tab : null;
    };
    expect([tab('tab'), tab('shift-tab'), tab('['), tab('8 ]'), tab('6'), tab('9')]).toEqual([
      'namespaces',
      'security',
      'security',
      'overview',
      'procfs',
      'overview',
    ]);
  });

  test('Enter on a shared namespace goes to who shares it', () => {
    const web = press(modelOf(sceneFixture()), '/ w e b enter enter 2 down down down');
    expect(selectedKey(web)).toBe('net');
    const partner = press(web, 'enter');
    expect(partner.ui.view).toMatchObject({ name: 'container', seen: { name: 'web-sidecar' }, tab: 'namespaces' });
    expect(press(partner, 'esc').ui.filters.containers).toBe('web');
  });

  test('from all namespaces into a container and back', () => {
    const model = press(modelOf(sceneFixture()), 'n / 4 0 2 6 5 3 2 0 1 1 enter enter');
    expect(model.ui.view).toMatchObject({ name: 'container', seen: { name: 'burn' }, from: 'hostNamespaces' });
    expect(press(model, 'esc').ui.view.name).toBe('hostNamespaces');
    expect(press(model, 'esc esc esc').ui.view.name).toBe('list');
  });

  test('a container that vanished and came back is live again', () => {
    const open = press(abcd(), 'enter');
    expect(screenText(arrive(open, ['b']))).toContain('gone');
    expect(screenText(arrive(arrive(open, ['b']), ['a', 'b']))).not.toContain('gone');
  });
});

describe('filters and order', () => {
  test('a filter narrows while it is typed; Enter keeps it, Esc takes it back, Esc again clears', () => {
    const typed = press(modelOf(sceneFixture()), '/ b u r');
    expect(screenText(typed)).toContain('burn');
    expect(screenText(typed)).not.toContain('hog');
    expect(press(typed, 'esc').ui.filters.containers).toBe('');
    expect(press(typed, 'backspace').ui.filters.containers).toBe('bu');
    const kept = press(typed, 'enter');
    expect(kept.ui.overlay).toBeNull();
    expect(press(kept, 'esc').ui.filters.containers).toBe('');
    expect(press(kept, '/ x esc').ui.filters.containers).toBe('bur');
    expect(press(kept, '/ x enter').ui.filters.containers).toBe('burx');
    expect(press(kept, '/ ctrl-u w enter').ui.filters.containers).toBe('w');
    expect(press(kept, '/ ctrl-u esc').ui.filters.containers).toBe('bur');
  });

  test('q and digits are letters while typing', () => {
    expect(act(press(abcd(), '/'), [{ type: 'key', key: 'q' }])).toMatchObject({
      model: { ui: { filters: { containers: 'q' } } },
      effects: [],
    });
  });

  test('nothing matches: it says how to get out', () => {
    expect(screenText(press(abcd(), '/ z z z enter'))).toContain('Esc clears the filter');
  });

  test('the menu sorts, largest figures first; the same choice again turns it around', () => {
    const names = (model: Model) =>
      screenText({ ...model, ui: { ...model.ui, size: LARGE } })
        .split('\n')
        .slice(2, 2 + sceneContainers.length)
        .map((line) => line.slice(1).split(' ')[0]);
    const byCpu = press(modelOf(sceneFixture()), 's down down down down down down down enter');
    expect(byCpu.ui.tables.containers.sort).toBe('cpu');
    expect(names(byCpu)[0]).toContain('k8s');
    // Unknown figures are last whichever way it goes.
    expect(names(byCpu).slice(-2).sort()).toEqual(['(sh)', 'coming']);
    const turned = press(byCpu, 'r');
    expect(names(turned)[0]).toBe('web-sidecar');
    expect(names(turned).slice(-2).sort()).toEqual(['(sh)', 'coming']);
  });

  test('columns come and go; the last one stays', () => {
    const without = press(modelOf(sceneFixture()), 'c down down space');
    expect(without.ui.tables.containers.columns).not.toContain('engine');
    const all = Array.from({ length: 40 }, () => 'space down').join(' ');
    expect(press(modelOf(sceneFixture()), `c ${all}`).ui.tables.containers.columns.length).toBeGreaterThan(0);
  });
});

describe('what reaches beyond the screen', () => {
  const effectsOf = (keys: string) =>
    act(
      abcd(),
      keys.split(' ').map((key) => ({ type: 'key', key })),
    ).effects;

  test.each([
    ['q', [{ type: 'quit' }]],
    ['S', [{ type: 'save' }]],
    [
      'space space',
      [
        { type: 'freeze', frozen: true },
        { type: 'freeze', frozen: false },
      ],
    ],
    ['+ - -', [2000, 1000, 500].map((intervalMs) => ({ type: 'interval', intervalMs }))],
    ['m', [{ type: 'mouse', on: true }]],
    ['down y', [{ type: 'copy', text: letters[1]?.id }]],
    ['ctrl-z', [{ type: 'suspend' }]],
    [': q u i t enter', [{ type: 'quit' }]],
  ])('%s', (keys, effects) => {
    expect(effectsOf(keys)).toEqual(effects);
  });

  test('the pace has its ends', () => {
    const fastest = press(abcd(), '- - - - - - - -');
    expect(fastest.ui.intervalMs).toBe(200);
    expect(fastest.ui.message?.text).toContain('as far as it goes');
  });
});

describe('the mouse', () => {
  test('a click selects, a second one opens; a title sorts; a tab is entered', () => {
    const model = abcd();
    const click = (before: Model, x: number, y: number) => act(before, [{ type: 'click', x, y }]).model;
    const selected = click(model, 5, 3);
    expect(selectedName(selected)).toBe('b');
    const open = click(selected, 5, 3);
    expect(open.ui.view.name).toBe('container');
    const tabRow = screenText(open).split('\n')[2] ?? '';
    expect(click(open, tabRow.indexOf('Cgroup'), 2).ui.view).toMatchObject({ tab: 'cgroup' });
    const titles = screenText(model).split('\n')[1] ?? '';
    expect(click(model, titles.indexOf('MEM'), 1).ui.tables.containers).toMatchObject({ sort: 'mem', reversed: false });
    expect(click(model, 5, 20)).toEqual(model);
  });

  test('the wheel moves by lines', () => {
    expect(selectedName(act(abcd(), [{ type: 'wheel', lines: 3 }]).model)).toBe('d');
  });
});
