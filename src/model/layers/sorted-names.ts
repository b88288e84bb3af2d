import type { Steps } from '../steps.ts';

/** So many names are sorted or merged between two steps: some milliseconds. */
const NAMES_PER_STEP = 8192;

/**
 * Puts names in order, each once, in steps. Takes what comes in parts and keeps nothing but the names: some 50 bytes of
 * each, where an entry takes ten times as much.
 */
export function nameSorter(): { add(names: readonly string[]): void; sorted(): Steps<readonly string[]> } {
  let runs: (readonly string[])[] = [];
  return {
    add(names) {
      if (names.length > 0) {
        runs.push([...names].sort());
      }
    },
    *sorted() {
      while (runs.length > 1) {
        const merged: (readonly string[])[] = [];
        for (let at = 0; at < runs.length; at += 2) {
          const [one = [], other = []] = runs.slice(at, at + 2);
          merged.push(yield* mergeTwo(one, other));
        }
        runs = merged;
      }
      return runs[0] ?? [];
    },
  };
}

function* mergeTwo(one: readonly string[], other: readonly string[]): Steps<readonly string[]> {
  const merged: string[] = [];
  let [at, beside] = [0, 0];
  for (;;) {
    const [first, second] = [one[at], other[beside]];
    if (first === undefined && second === undefined) {
      return merged;
    }
    if (second === undefined || (first !== undefined && first <= second)) {
      merged.push(first as string);
      at += 1;
      beside += first === second ? 1 : 0;
    } else {
      merged.push(second);
      beside += 1;
    }
    if (merged.length % NAMES_PER_STEP === 0) {
      yield;
    }
  }
}
