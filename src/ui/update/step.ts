import type { ActionVerb, Offer, Target } from '../../model/action.ts';
import type { LookQuestion } from '../../model/cgroup/look.ts';
import { printable } from '../../present/printable.ts';
import type { Jump } from '../ports.ts';
import type { Tone } from '../rows.ts';
import type { Model, UiState } from '../state.ts';

/** What the world has to do for a key: everything else is in the model. */
export type Effect =
  | { readonly type: 'quit' }
  | { readonly type: 'copy'; readonly text: string }
  | { readonly type: 'save' }
  | { readonly type: 'interval'; readonly intervalMs: number }
  | { readonly type: 'freeze'; readonly frozen: boolean }
  | { readonly type: 'jump'; readonly by: Jump }
  | { readonly type: 'speed'; readonly factor: number }
  | { readonly type: 'mouse'; readonly on: boolean }
  | { readonly type: 'redraw' }
  | { readonly type: 'suspend' }
  /** Answered by an `offers` action before the next key. `verb`: what was asked for; null: a menu. */
  | { readonly type: 'offer'; readonly target: Target; readonly verb: ActionVerb | null }
  /** Answered by a `looked` action, likewise. */
  | { readonly type: 'look'; readonly id: string; readonly question: LookQuestion }
  | { readonly type: 'perform'; readonly target: Target; readonly offer: Offer };

/** The model after an action, and what the world has to do. */
export type Step = { readonly model: Model; readonly effect: Effect | null };

export function stay(model: Model): Step {
  return { model, effect: null };
}

export function change(model: Model, ui: Partial<UiState>, effect: Effect | null = null): Step {
  return { model: { ...model, ui: { ...model.ui, ...ui } }, effect };
}

/** One line of answer at the bottom. */
export function say(
  model: Model,
  text: string,
  tone: Tone = 'accent',
  effect: Effect | null = null,
  ui: Partial<UiState> = {},
): Step {
  return change(model, { ...ui, message: { text: printable(text), tone } }, effect);
}
