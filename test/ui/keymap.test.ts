import { expect, test } from 'vitest';
import { toAscii } from '../../src/present/ascii.ts';
import { keyName } from '../../src/ui/key-name.ts';
import { bindingFor, keyTable, type Scope } from '../../src/ui/keymap.ts';
import { keysDocument } from '../../src/ui/keys-document.ts';
import { modelOf, press } from '../support/dashboard.ts';
import { sceneFixture } from '../support/scene-fixture.ts';

/** Scopes whose keys are understood at the same time. */
const TOGETHER: readonly (readonly Scope[])[] = [
  ['any', 'list'],
  ['any', 'container'],
  ['menu'],
  ['question'],
  ['help'],
  ['typing'],
];

test.each(TOGETHER.map((scopes) => [scopes]))('in %j no key means two things', (scopes) => {
  const keys = keyTable
    .filter((binding) => binding.scopes.some((scope) => scopes.includes(scope)))
    .flatMap(({ keys }) => keys);
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
});

test('a letter never destroys, and q and Ctrl-C quit wherever letters are not typed', () => {
  const model = modelOf(sceneFixture());
  for (const keys of ['', 'n', 'enter', '?', 's', 'c']) {
    expect(bindingFor(press(model, keys), 'q')?.command).toBe('quit');
  }
  for (const keys of ['', 'n', 'enter', '?', 's', 'c', '/', ':']) {
    expect(bindingFor(press(model, keys), 'ctrl-c')?.command).toBe('quit');
  }
});

test('digits of tabs keep their numbers while tabs are missing', () => {
  const model = press(modelOf(sceneFixture()), 'enter');
  expect(['1', '2', '3', '4', '5', '6', '7', '8', '9'].map((digit) => bindingFor(model, digit)?.label ?? null)).toEqual(
    ['Overview', 'Namespaces', 'Cgroup', 'Processes', 'Layers', '/proc', 'Mounts & network', 'Security', null],
  );
});

test('what cannot be done says why', () => {
  const text = press(modelOf(sceneFixture()), 'enter s');
  expect(text.ui.overlay).toBeNull();
  expect(text.ui.message?.text).toContain('no table');
});

test('the key that opened something closes it when it is pressed again', () => {
  const model = modelOf(sceneFixture());
  for (const keys of [
    '?',
    'h',
    's',
    'c',
    'a',
    'enter 3 a',
    '/ w e b enter enter 3 f',
    '/ w e b enter enter 3 down A',
    'enter 3 ?',
  ]) {
    const key = keys.split(' ').at(-1) ?? '';
    const open = press(model, keys);
    expect([keys, open.ui.overlay === null]).toEqual([keys, false]);
    expect([keys, press(open, key).ui.overlay]).toEqual([keys, null]);
  }
  // What is typed is text.
  expect(press(model, '/ /').ui.overlay?.kind).toBe('filter');
});

test('Enter and the left arrow can be told from each other where only ASCII is shown', () => {
  const names = ['enter', 'left', 'right', 'up', 'down'].map((key) => toAscii(keyName(key)));
  expect(new Set(names).size).toBe(names.length);
});

test('docs/keys.md names every key and what it does', () => {
  const document = keysDocument();
  for (const { keys, label } of keyTable) {
    expect(document).toContain(label);
    for (const key of keys) {
      expect(document).toContain(`\`${keyName(key)}\``);
    }
  }
});
