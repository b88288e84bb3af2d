import type { Store } from '../runtime/state/store.ts';

/** What starts and removes demos by their names. Null: done; else why not, in one line. */
export type DemoRuntime = {
  /** False: an image has to be made first, which would keep keys waiting. */
  readonly areImagesMade: (store: Store, names: readonly string[]) => boolean;
  readonly start: (store: Store, names: readonly string[]) => Promise<string | null>;
  readonly remove: (store: Store, names: readonly string[]) => Promise<string | null>;
};
