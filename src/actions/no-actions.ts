import type { ActionVerb, Target } from '../model/action.ts';
import type { Actions } from '../ui/ports.ts';

const VERBS: { readonly [kind in Target['kind']]: readonly ActionVerb[] } = {
  container: ['shell', 'pause', 'stop', 'kill', 'remove'],
  limit: ['limit'],
  undo: ['undo'],
  demo: ['start', 'remove'],
};

/** Where nothing can be done to anything, for one reason: in a recording. */
export function noActions(reason: string): Actions {
  return {
    demos: [],
    offers: ({ kind }) =>
      VERBS[kind].map((verb) => ({ verb, command: verb, calls: [], asks: false, disabledReason: reason })),
    form: (_, key) => ({ title: key, takes: reason, allowed: reason, now: null }),
    perform: () => Promise.resolve({ ok: false, says: reason }),
  };
}
