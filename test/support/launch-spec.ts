/**
 * A program for tests: starts what the JSON file named by its first argument describes, with its own standard streams, and
 * ends as that does. Lines on standard error, each with its mark: `process PID STARTTICKS`, `running`, with `--steps`
 * `step ERROR|ok KIND DETAIL`, and at the end `outcome JSON`, where it is not simply the exit status.
 */
import { readFileSync, writeSync } from 'node:fs';
import { launch } from '../../src/runtime/launch.ts';
import { planContainer } from '../../src/runtime/plan/plan-container.ts';
import { planExec } from '../../src/runtime/plan/plan-exec.ts';
import type { ContainerSpec, ExecSpec } from '../../src/runtime/spec.ts';

const [file = '', ...flags] = process.argv.slice(2);
const described: { run?: ContainerSpec; exec?: ExecSpec } = JSON.parse(readFileSync(file, 'utf8'), (key, value) =>
  key === 'seccomp' && value !== null ? new Uint8Array(value) : value,
);
const say = (line: string): void => void writeSync(2, `${line}\n`);
const steps = described.run === undefined ? planExec(described.exec as ExecSpec) : planContainer(described.run);
const outcome = await launch(steps, {
  verb: described.run === undefined ? 'exec' : 'run',
  name: 'test',
  detached: (described.run ?? described.exec)?.detached === true,
  ...(flags.includes('--steps')
    ? { onStep: ({ step, error, detail }) => say(`step ${error ?? 'ok'} ${step.op.kind} ${detail}`) }
    : {}),
  ...(flags.includes('--pause') ? { beforeStep: async (step) => say(`before ${step.op.kind}`) } : {}),
  ...(flags.includes('--quiet')
    ? {}
    : { onProcess: ({ pid, startTicks }) => say(`process ${pid} ${startTicks}`), onRunning: () => say('running') }),
});
if (outcome.kind === 'failed') {
  const { code, step, error, detail } = outcome;
  say(`outcome ${JSON.stringify({ code, step: step?.op.kind ?? null, error, detail })}`);
}
process.exitCode = outcome.kind === 'detached' ? 0 : outcome.code;
