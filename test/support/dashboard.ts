import type { Demo } from '../../src/model/action.ts';
import { createHistory, type History } from '../../src/model/history/history.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { rowText, type Size } from '../../src/ui/rows.ts';
import { frameOf } from '../../src/ui/scene.ts';
import { defaultSettings } from '../../src/ui/settings.ts';
import { initialState, type Model } from '../../src/ui/state.ts';
import { move } from '../../src/ui/update/navigate.ts';
import type { Effect } from '../../src/ui/update/step.ts';
import { questionKey, treeQuestion } from '../../src/ui/update/tree.ts';
import { type Action, update } from '../../src/ui/update/update.ts';
import { demosFixture, formFixture, offersFixture } from './action-fixture.ts';
import { lookFixture } from './look-fixture.ts';
import { treeFixture } from './tree-fixture.ts';

export const SMALL: Size = { columns: 80, rows: 24 };
export const LARGE: Size = { columns: 200, rows: 50 };

export function modelOf(
  snapshot: Snapshot,
  size: Size = SMALL,
  demos: readonly Demo[] = demosFixture,
  history: History = createHistory(),
): Model {
  return move({ snapshot, history, ui: initialState(size, 1000, defaultSettings, demos) }, { lines: 0 }).model;
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

/** What can be done is answered at once, as the dashboard does. */
export function act(
  model: Model,
  actions: readonly Action[],
  offers: typeof offersFixture = offersFixture,
): { readonly model: Model; readonly effects: Effect[] } {
  const effects: Effect[] = [];
  const take = (before: Model, action: Action): Model => {
    const { model: after, effect } = update(before, action);
    if (effect?.type === 'offer') {
      const form = effect.target.kind === 'limit' ? formFixture(effect.target.key) : null;
      return take(after, { ...effect, type: 'offers', offers: offers(effect.target), form });
    }
    if (effect?.type === 'look') {
      return take(after, { type: 'looked', id: effect.id, answer: lookFixture(effect.question) });
    }
    if (effect !== null) {
      effects.push(effect);
    }
    return after;
  };
  /** What is read of a union comes before the next key, as if reading took no time. */
  const readToo = (before: Model, action: Action): Model => {
    const after = take(before, action);
    const [question, last] = [treeQuestion(after), treeQuestion(before)];
    const isNew = question !== null && (last === null || keyOf(question) !== keyOf(last));
    if (!isNew && action.type !== 'snapshot') return after;
    const id = question?.container.id ?? '';
    return (question === null ? [] : treeFixture(question)).reduce(
      (now: Model, answer) => update(now, { type: 'tree', id, answer }).model,
      after,
    );
  };
  const last = actions.reduce(readToo, model);
  return { model: last, effects };
}

/** The screen as text: what is styled is the business of the theme. */
export function screenText(model: Model): string {
  return frameOf(model)
    .map((row) => rowText(row).trimEnd())
    .join('\n');
}

const keyOf = (question: NonNullable<ReturnType<typeof treeQuestion>>) => JSON.stringify(questionKey(question));
