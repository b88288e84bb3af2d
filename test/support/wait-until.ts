import { setTimeout } from 'node:timers/promises';

/**
 * Waits for something that another process does and that announces itself in no other way.
 * Rejects after `milliseconds`, naming what did not come.
 */
export async function waitUntil(
  what: string,
  holds: () => boolean | Promise<boolean>,
  milliseconds = 20_000,
): Promise<void> {
  const end = performance.now() + milliseconds;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`${what}: not within ${milliseconds} ms`);
    await setTimeout(20);
  }
}
