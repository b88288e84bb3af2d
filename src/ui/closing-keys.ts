import type { Command } from './commands.ts';
import { keyTable } from './keymap.ts';
import type { Model } from './state.ts';

/** What is opened by a key that means nothing else while it is open. */
const CLOSED_BY_ITS_KEY: ReadonlySet<string> = new Set([
  'help',
  'file',
  'chain',
  'sort',
  'columns',
  'actions',
  'versions',
] satisfies readonly Command[]);

/** Whether a key opened what lies over the view: pressed again it closes that. */
export function closesAgain({ ui: { overlay } }: Model, key: string): boolean {
  return (
    overlay !== null &&
    CLOSED_BY_ITS_KEY.has(overlay.kind) &&
    keyTable.some(({ keys, command }) => command === overlay.kind && keys.includes(key))
  );
}
