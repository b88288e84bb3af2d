import { areImagesMade, removeStartedDemos, startDemos } from './demo-commands.ts';
import { runVerb } from './run-verb.ts';
import type { RuntimeVerbName } from './runtime-names.ts';
import { runtimeVerbs } from './runtime-verbs.ts';

/** Any command on our own containers. */
export function runRuntimeVerb(
  name: RuntimeVerbName,
  before: readonly string[],
  after: readonly string[],
): Promise<number> {
  return runVerb(name, runtimeVerbs[name].verb, before, after);
}

/** Of `nsview demo` what the dashboard does in its own process. */
export const demoRuntime = {
  areImagesMade,
  start: startDemos,
  remove: removeStartedDemos,
};
