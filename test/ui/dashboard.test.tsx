import { stripVTControlCharacters } from 'node:util';
import { render } from 'ink-testing-library';
import { afterEach, expect, test } from 'vitest';
import { createStore } from '../../src/model/store.ts';
import { Dashboard } from '../../src/ui/dashboard.tsx';
import type { Model } from '../../src/ui/state.ts';
import { update } from '../../src/ui/update/update.ts';
import { modelOf } from '../support/dashboard.ts';
import { sceneFixture } from '../support/scene-fixture.ts';

const PLAIN = { depth: 'none', utf8: true } as const;

let unmount: () => void = () => undefined;
afterEach(() => unmount());

/** The component with a store behind it, and all keys that came through Ink. */
async function open(): Promise<{ type: (text: string) => void; keys: string[]; screen: () => string }> {
  const store = createStore<Model>(modelOf(sceneFixture()));
  const keys: string[] = [];
  let screen: readonly string[] = [];
  const onKeys = (names: readonly string[]) => {
    keys.push(...names);
    store.set(names.reduce((model, key) => update(model, { type: 'key', key }).model, store.get()));
  };
  const ready = Promise.withResolvers<void>();
  const app = render(
    <Dashboard
      store={store}
      theme={PLAIN}
      print={(lines) => {
        screen = lines;
      }}
      onKeys={onKeys}
      onReady={() => ready.resolve()}
    />,
  );
  unmount = app.unmount;
  await ready.promise;
  return { type: (text) => app.stdin.write(text), keys, screen: () => stripVTControlCharacters(screen.join('\n')) };
}

test.each([
  ['\u001b[A', ['up']],
  ['\u001b[6~', ['pagedown']],
  ['\u001b[Z', ['shift-tab']],
  ['\t', ['tab']],
  ['\r', ['enter']],
  ['\u0004', ['ctrl-d']],
  ['\u0003', ['ctrl-c']],
  ['\u001a', ['ctrl-z']],
  ['\u007f', ['backspace']],
  [' ', ['space']],
  ['jjG', ['j', 'j', 'G']],
  ['/web\r', ['/', 'w', 'e', 'b', 'enter']],
  ['\u001bq', ['esc', 'q']],
  ['\u001b\r', ['esc', 'enter']],
  ['東', ['東']],
])('what a terminal sends for %j are the keys %j', async (text, expected) => {
  const { type, keys } = await open();
  type(text);
  expect(keys).toEqual(expected);
});

test('a key is on the screen at once', async () => {
  const { type, screen } = await open();
  type('/burn\r');
  type('\r');
  await expect.poll(screen).toContain('burn ▸ docker');
  type('3');
  await expect.poll(screen).toContain('[3 Cgroup]');
});
