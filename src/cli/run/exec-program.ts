import { exec } from './exec.ts';
import { runVerb } from './run-verb.ts';

/** `nsview exec` alone: it starts without what the other commands need. */
export function runExec(before: readonly string[], after: readonly string[]): Promise<number> {
  return runVerb('exec', exec, before, after);
}
