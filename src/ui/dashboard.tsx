import { useApp, useInput } from 'ink';
import { useEffect, useLayoutEffect, useSyncExternalStore } from 'react';
import type { Store } from '../model/store.ts';
import { frameOf } from './scene.ts';
import type { Model } from './state.ts';
import { keyNames } from './terminal/key-names.ts';
import { paintRow, type Theme } from './theme.ts';

/** Hands the terminal to somebody for a while. */
export type LendTerminal = (borrow: () => Promise<void>) => Promise<void>;

type DashboardProps = {
  readonly store: Store<Model>;
  readonly theme: Theme;
  readonly print: (lines: readonly string[]) => void;
  readonly onKeys: (keys: readonly string[]) => void;
  readonly onReady: (lend: LendTerminal) => void;
};

/**
 * The screen. Its rows are laid out already, so they go past Ink's layout, which takes each of them apart character by
 * character: 20 ms of a 200x50 frame, and a memory of every text it measured. Ink keeps the keys, the raw mode and the
 * way out.
 */
export function Dashboard({ store, theme, print, onKeys, onReady }: DashboardProps) {
  const model = useSyncExternalStore(store.subscribe, store.get);
  const { suspendTerminal } = useApp();
  useInput((input, key) => onKeys(keyNames(input, key)));
  useEffect(() => onReady(suspendTerminal), [onReady, suspendTerminal]);
  const lines = frameOf(model).map((row) => paintRow(row, theme));
  useLayoutEffect(() => print(lines));
  return null;
}
