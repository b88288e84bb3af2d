import { InvalidArgumentError, Option } from 'commander';

const FACTORS: { readonly [unit: string]: number } = { ms: 1, '': 1000, s: 1000, m: 60_000, h: 3_600_000 };
/** Below this the reading itself would be what is measured. */
const SHORTEST_MS = 50;
const LONGEST_MS = 24 * 3_600_000;

/** `1s`, `500ms`, `2m`, `1.5`: milliseconds. */
export function parseInterval(text: string): number {
  const [, figure, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  const ms = Number(figure) * (FACTORS[unit ?? ''] ?? Number.NaN);
  if (!(ms >= SHORTEST_MS && ms <= LONGEST_MS)) {
    throw new InvalidArgumentError('It is a time of 50ms to 24h, such as 1s, 500ms or 2m.');
  }
  return ms;
}

/** `--interval` of what looks again and again. */
export function intervalOption(between: string): Option {
  return new Option('-i, --interval <time>', `time between two ${between}, such as 1s or 500ms; 2 is 2s`)
    .argParser(parseInterval)
    .default(1000, '1s');
}

export function parseCount(text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : 0;
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new InvalidArgumentError('It is a whole number from 1.');
  }
  return count;
}

/** Waits; false where SIGINT came first. */
type Pause = (ms: number) => Promise<boolean>;

/**
 * Calls `tick` once per interval, the first time after one interval, until it says `false`, `count` is reached, or the
 * person presses Ctrl-C, which is how such a command is meant to end. Lateness is not carried on.
 */
export async function everyInterval(
  intervalMs: number,
  count: number | null,
  tick: () => Promise<boolean>,
): Promise<void> {
  const pause = interruptiblePause();
  for (let done = 0; count === null || done < count; done += 1) {
    if (!(await pause(intervalMs)) || !(await tick())) {
      return;
    }
  }
}

function interruptiblePause(): Pause {
  let interrupted = false;
  let wake: (() => void) | null = null;
  process.once('SIGINT', () => {
    interrupted = true;
    wake?.();
  });
  return (ms) =>
    new Promise((resolve) => {
      if (interrupted) {
        resolve(false);
        return;
      }
      const timer = setTimeout(() => resolve(true), ms);
      wake = () => {
        clearTimeout(timer);
        resolve(false);
      };
    });
}
