import { setImmediate as nextTurn } from 'node:timers/promises';
import { endSteps, type Steps } from './model/steps.ts';

/** Longer than this no key waits for a sample. */
const STEP_BUDGET_MS = 6;

/** Takes all steps, with a turn for keys whenever they took long. */
export async function stepsInTurns<T>(steps: Steps<T>): Promise<T> {
  let began = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done === true) {
      return step.value;
    }
    if (performance.now() - began > STEP_BUDGET_MS) {
      await nextTurn();
      began = performance.now();
    }
  }
}

/** The same steps as long as they are wanted, and then null. */
export function* whileWanted<T>(wanted: () => boolean, steps: Steps<T>): Steps<T | null> {
  try {
    while (wanted()) {
      const step = steps.next();
      if (step.done === true) {
        return step.value;
      }
      yield;
    }
    return null;
  } finally {
    endSteps(steps);
  }
}
