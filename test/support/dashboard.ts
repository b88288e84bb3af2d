import type { Snapshot } from '../../src/model/snapshot.ts';
import { rowText, type Size } from '../../src/ui/rows.ts';
import { frameOf } from '../../src/ui/scene.ts';
import { initialState, type Model } from '../../src/ui/state.ts';
import { move } from '../../src/ui/update/navigate.ts';
import type { Effect } from '../../src/ui/update/step.ts';
import { type Action, update } from '../../src/ui/update/update.ts';

export const SMALL: Size = { columns: 80, rows: 24 };
export const LARGE: Size = { columns: 200, rows: 50 };

export function modelOf(snapshot: Snapshot, size: Size = SMALL): Model {
  return move({ snapshot, ui: initialState(size, 1000) }, { lines: 0 }).model;
}

/** The model after some keys, by their names, separated by blanks. */
export function press(model: Model, keys: string): Model {
  return act(
    model,
    keys
      .split(' ')
      .filter((key) => key !== '')
      .map((key) => ({ type: 'key', key })),
  ).model;
}

export function act(model: Model, actions: readonly Action[]): { readonly model: Model; readonly effects: Effect[] } {
  const effects: Effect[] = [];
  const last = actions.reduce((before, action) => {
    const step = update(before, action);
    if (step.effect !== null) {
      effects.push(step.effect);
    }
    return step.model;
  }, model);
  return { model: last, effects };
}

/** The screen as text: what is styled is the business of the theme. */
export function screenText(model: Model): string {
  return frameOf(model)
    .map((row) => rowText(row).trimEnd())
    .join('\n');
}
