import { availableBindings, type Binding, scopesOf } from './keymap.ts';
import type { Model } from './state.ts';

/** Moves and edits are for keys alone: nobody looks for "up" by its name. */
const NOT_BY_NAME = new Set(['up', 'down', 'pageUp', 'pageDown', 'erase', 'clear', 'toggle', 'choose', 'palette']);

/** What the palette offers for a typed text: every word of it in the label, letter case aside. */
export function paletteBindings(model: Model, text: string): readonly Binding[] {
  const words = text.toLowerCase().split(' ');
  const beneath: Model = { ...model, ui: { ...model.ui, overlay: null } };
  return availableBindings(beneath, scopesOf(beneath)).filter(
    ({ command, label }) => !NOT_BY_NAME.has(command) && words.every((word) => label.toLowerCase().includes(word)),
  );
}
