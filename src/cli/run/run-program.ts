import { run } from './run.ts';
import { runVerb } from './run-verb.ts';

/** `nsview run` alone: it starts without what the other commands need. */
export function runRun(before: readonly string[], after: readonly string[]): Promise<number> {
  return runVerb('run', run, before, after);
}
