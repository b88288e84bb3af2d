import { printable } from '../../present/printable.ts';
import { commandRefusal } from '../../runtime/lifecycle/command-refusal.ts';
import { type ExecTarget, execIn, ownTarget } from '../../runtime/lifecycle/exec.ts';
import { readInLayers } from '../../runtime/lifecycle/image-files.ts';
import { namespaceLink } from '../../runtime/lifecycle/process-facts.ts';
import { writeStandardError } from '../../standard-streams.ts';
import { type Flags, misuse } from '../flags.ts';
import { askedEnvironment } from './asked-environment.ts';
import { askedTerminal } from './asked-terminal.ts';
import { explainSteps } from './explain.ts';
import { foreignExecTarget } from './foreign-exec.ts';
import { ownContainerSoon } from './own-ref.ts';
import { processFlags } from './run-flags.ts';
import type { RuntimeVerb } from './runtime-verb.ts';

const OUR_FAILURE = 125;

export const exec: RuntimeVerb = {
  usage: '[options] REF COMMAND...',
  flags: processFlags,
  untilOperand: true,
  changes: true,
  failure: OUR_FAILURE,
  run: async ({ flags, operands, store, globals }) => {
    const [ref, ...command] = operands;
    if (ref === undefined || command.length === 0) {
      throw misuse('exec', 'it takes a container and a command');
    }
    const own = await ownContainerSoon('exec', { store, globals }, ref);
    const target = own === null ? await foreign(ref, globals) : ownTarget(own, readInRoot);
    if (flags.has('--explain')) {
      explainChain(target);
    }
    const outcome = await execIn(
      target,
      {
        command,
        env: askedEnvironment('exec', flags, process.env),
        workdir: flags.one('--workdir'),
        user: flags.one('--user'),
        privileged: flags.has('--privileged'),
        detached: flags.has('--detach'),
        ...askedTerminal('exec', flags),
      },
      flags.has('--explain') ? { onStep: explainSteps() } : {},
    );
    if (outcome.kind === 'failed') {
      const { step, error, detail } = outcome;
      const why = commandRefusal(outcome.code, detail) ?? detail;
      const what = outcome.code === OUR_FAILURE ? (step?.call ?? 'nsview-init') : (command[0] ?? 'exec');
      writeStandardError(`nsview: ${printable(what)}: ${printable(why)}${error === null ? '' : ` (${error})`}\n`);
    }
    return outcome.kind === 'detached' ? 0 : outcome.code;
  },
};

/** A file as the container sees it: looked up by name only when a user is named. */
function readInRoot(pid: number, path: string): string | null {
  return readInLayers([`/proc/${pid}/root`], path);
}

async function foreign(ref: string, globals: Flags): Promise<ExecTarget> {
  const { foreignTarget } = await import('./foreign-target.ts');
  return foreignExecTarget(await foreignTarget('exec', ref, globals), ref, readInRoot);
}

/** How one gets into a container: its first process, what it is in, and the call that enters. */
function explainChain({ name, target, namespaces }: ExecTarget): void {
  const lines = namespaces.map(
    (type) => `       /proc/${target.pid}/ns/${type} -> ${namespaceLink(target.pid, type) ?? '?'}`,
  );
  writeStandardError(
    `    container ${printable(name)} is process ${target.pid} on the host (started at tick ${target.startTicks})\n${lines.join('\n')}\n    setns(2) enters ${namespaces.length === 0 ? 'none: it shares all of the host' : `these ${namespaces.length}`}\n`,
  );
}
