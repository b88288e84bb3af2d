import type { ActionResult, ActionVerb, Offer } from '../model/action.ts';
import type { Container } from '../model/document/container.ts';

/** An offer together with what does it. */
export type Way = Offer & { readonly run: () => Promise<ActionResult> };

/** How the last change is taken back, as things are when that is asked. */
export type Undo = (container: Container) => Way;

/** A start is told by what runs afterwards, as it may have run before; a limit by its figures. */
type DoneVerb = Exclude<ActionVerb, 'start' | 'startAll' | 'limit' | 'undo'>;

/** What was done, in the past tense, before the container's name. */
const DONE: { readonly [verb in DoneVerb]: string } = {
  shell: 'left',
  pause: 'paused',
  unpause: 'let go on',
  stop: 'stopped',
  kill: 'killed',
  remove: 'removed',
  removeAll: 'removed',
};

export function done(verb: DoneVerb, name: string): ActionResult {
  return { ok: true, says: `${DONE[verb]} ${name}` };
}

export function failed(verb: ActionVerb, name: string, why: string): ActionResult {
  return { ok: false, says: `${verb} ${name}: ${why}` };
}

/** Something that cannot be done, with the reason. */
export function closedWay(verb: ActionVerb, command: string, disabledReason: string): Way {
  return {
    verb,
    command,
    calls: [],
    asks: false,
    disabledReason,
    run: () => Promise.resolve({ ok: false, says: disabledReason }),
  };
}
