import type { Tone } from '../rows.ts';
import type { Model, UiState } from '../state.ts';

/** What the world has to do for a key: everything else is in the model. */
export type Effect =
  | { readonly type: 'quit' }
  | { readonly type: 'copy'; readonly text: string }
  | { readonly type: 'save' }
  | { readonly type: 'interval'; readonly intervalMs: number }
  | { readonly type: 'freeze'; readonly frozen: boolean }
  | { readonly type: 'mouse'; readonly on: boolean }
  | { readonly type: 'redraw' }
  | { readonly type: 'suspend' };

/** The model after an action, and what the world has to do. */
export type Step = { readonly model: Model; readonly effect: Effect | null };

export function stay(model: Model): Step {
  return { model, effect: null };
}

export function change(model: Model, ui: Partial<UiState>, effect: Effect | null = null): Step {
  return { model: { ...model, ui: { ...model.ui, ...ui } }, effect };
}

/** One line of answer at the bottom. */
export function say(model: Model, text: string, tone: Tone = 'accent', effect: Effect | null = null): Step {
  return change(model, { message: { text, tone } }, effect);
}
