/**
 * Work that can be put down between two steps, so that a key pressed meanwhile is not kept waiting. What it comes to is
 * the same whether it was interrupted or not.
 */
export type Steps<T> = Generator<void, T, void>;

/** Takes all steps at once: for whoever has nothing else to do. */
export function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) {
      return step.value;
    }
  }
}

/** What is taken step by step and put down for good lets go of what it holds; nothing where it came to its end. */
export function endSteps(steps: Generator<unknown, unknown, void>): void {
  steps.return(undefined);
}

/** The same steps among those of who yields other things too. */
export function* asPauses<T>(steps: Steps<T>): Generator<undefined, T, void> {
  try {
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done === true) {
        return step.value;
      }
      yield undefined;
    }
  } finally {
    endSteps(steps);
  }
}
