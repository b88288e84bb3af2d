import type { Op, Slot, Step } from './step.ts';

/** A step before it has a place: id and phase come from where it is put. */
export type Draft = Omit<Step, 'id' | 'phase'>;

/** Steps in the order they are added, and slots in the order they are asked for. */
export type PlanDraft = {
  readonly add: (phase: Step['phase'], draft: Draft) => void;
  readonly slot: () => Slot;
  readonly steps: () => readonly Step[];
};

export function draftPlan(): PlanDraft {
  const steps: Step[] = [];
  let slots = 0;
  return {
    add: (phase, draft) => steps.push({ id: steps.length, phase, ...draft }),
    slot: () => slots++,
    steps: () => steps,
  };
}

/** A draft in one line. */
export function step(changes: Step['changes'], says: string, call: string, op: Op): Draft {
  return { says, call, changes, op };
}
