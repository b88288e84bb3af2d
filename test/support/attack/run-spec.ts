/**
 * Starts the containers that JSON files describe, one after the other, on this program's own standard streams. Ends with
 * the last status that was not 0.
 */
import { readFileSync } from 'node:fs';
import { launch } from '../../../src/runtime/launch.ts';
import { planContainer } from '../../../src/runtime/plan/plan-container.ts';
import type { ContainerSpec } from '../../../src/runtime/spec.ts';

let code = 0;
for (const file of process.argv.slice(2)) {
  const spec = JSON.parse(readFileSync(file, 'utf8'), (name, value: unknown) =>
    (name === 'seccomp' || name === 'program') && typeof value === 'string' ? Buffer.from(value, 'base64') : value,
  ) as ContainerSpec;
  const outcome = await launch(planContainer(spec), { verb: 'run', name: 'attacked', detached: false });
  if (outcome.kind === 'failed') console.error(`${outcome.step?.op.kind}: ${outcome.error} ${outcome.detail}`);
  if (outcome.kind !== 'detached' && outcome.code !== 0) code = outcome.code;
}
process.exitCode = code;
