/** A value that changes as a whole, and who wants to know. */
export type Store<T> = {
  readonly get: () => T;
  readonly set: (value: T) => void;
  /** Returns what ends the subscription. */
  readonly subscribe: (listener: () => void) => () => void;
};

/** Listeners hear only of real changes: setting the same value again is silent. */
export function createStore<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set: (next) => {
      if (!Object.is(next, value)) {
        value = next;
        for (const listener of Array.from(listeners)) {
          listener();
        }
      }
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
