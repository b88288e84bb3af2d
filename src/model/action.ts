import type { Container } from './document/container.ts';
import type { LimitKey } from './limit-edit.ts';

/** What can be asked for. `startAll` and `removeAll` are about every demo. */
export type ActionVerb =
  | 'shell'
  | 'pause'
  | 'unpause'
  | 'stop'
  | 'kill'
  | 'remove'
  | 'limit'
  | 'undo'
  | 'start'
  | 'startAll'
  | 'removeAll';

/** A built-in container, or a few together, that show one thing. */
export type Demo = {
  readonly name: string;
  /** One sentence: what to look at. */
  readonly says: string;
  /** Names of the containers it is made of. */
  readonly containers: readonly string[];
  /** The directory of the first one's tree that is to be looked at; null: it is not about a union. */
  readonly directory: string | null;
};

/** What an action is about: the container as it was seen when it was asked for. */
export type Target =
  | { readonly kind: 'container'; readonly container: Container }
  /** A limit of it, as it is typed so far. */
  | { readonly kind: 'limit'; readonly container: Container; readonly key: LimitKey; readonly text: string }
  /** The limit of it that was changed last. */
  | { readonly kind: 'undo'; readonly container: Container }
  | { readonly kind: 'demo'; readonly demo: Demo };

/** One action on one target, before it is done. */
export type Offer = {
  readonly verb: ActionVerb;
  /** What a person would type for it. */
  readonly command: string;
  /** Exactly what is done: the request and its socket, the file and what is written, the signal and its process. */
  readonly calls: readonly string[];
  /** Whether it must not happen by a slip of the finger. */
  readonly asks: boolean;
  /** Why it cannot be done; null where it can. */
  readonly disabledReason: string | null;
};

/** How an action ended, in one line. */
export type ActionResult = { readonly ok: boolean; readonly says: string };

/** The containers of a demo among those that run. */
export function demoContainers({ containers }: Demo, running: readonly Container[]): readonly Container[] {
  return running.filter(({ engine, name }) => engine === 'nsview' && name !== null && containers.includes(name));
}
