import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** How many tests of a lane did what, and how long the lane took. */
export type LaneResult = {
  readonly lane: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
};

/** A lane is a command. One that does not close with `N passed, N failed, N skipped` counts as one test. */
export type Lane = { readonly name: string; readonly command: readonly [string, ...string[]] };

const closing = /^(\d+) passed, (\d+) failed, (\d+) skipped$/gm;

/** Runs a lane and shows its output as it comes, but for the closing line, which is for the caller to add up. */
export async function runLane(lane: Lane, env: NodeJS.ProcessEnv): Promise<LaneResult> {
  console.log(`\n== ${lane.name}`);
  const start = performance.now();
  const [file, ...args] = lane.command;
  const child = spawn(file, args, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    process.stdout.write(text);
    output += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  const seconds = (performance.now() - start) / 1000;
  const last = [...output.matchAll(closing)].at(-1);
  if (last === undefined) {
    return { lane: lane.name, passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0, seconds };
  }
  const [passed = 0, failed = 0, skipped = 0] = last.slice(1).map(Number);
  // A run that counts no failure and yet fails did not run to its end.
  return { lane: lane.name, passed, failed: failed === 0 && code !== 0 ? 1 : failed, skipped, seconds };
}
