import { Text, useApp, useInput } from 'ink';
import { useEffect, useSyncExternalStore } from 'react';
import type { Store } from '../model/store.ts';
import { frameOf } from './scene.ts';
import type { Model } from './state.ts';
import { keyNames } from './terminal/key-names.ts';
import { paintRow, type Theme } from './theme.ts';

/** Hands the terminal to somebody for a while; the whole screen is drawn anew afterwards. */
export type LendTerminal = (borrow: () => Promise<void>) => Promise<void>;

type DashboardProps = {
  readonly store: Store<Model>;
  readonly theme: Theme;
  readonly onKeys: (keys: readonly string[]) => void;
  readonly onReady: (lend: LendTerminal) => void;
};

/** The screen: the rows of the model, as text. */
export function Dashboard({ store, theme, onKeys, onReady }: DashboardProps) {
  const model = useSyncExternalStore(store.subscribe, store.get);
  const { suspendTerminal } = useApp();
  useInput((input, key) => onKeys(keyNames(input, key)));
  useEffect(() => onReady(suspendTerminal), [onReady, suspendTerminal]);
  const rows = frameOf(model).map((row) => paintRow(row, theme));
  return <Text wrap="truncate">{rows.join('\n')}</Text>;
}
