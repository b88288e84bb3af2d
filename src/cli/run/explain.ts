import { printable } from '../../present/printable.ts';
import type { StepReport } from '../../runtime/launch.ts';
import type { Step } from '../../runtime/plan/step.ts';
import { writeStandardError } from '../../standard-streams.ts';

/** Long texts, a filter's bytes or a path of 64 digits twice, would hide what matters. */
const LONGEST = 160;

/** What a step did, or why not, on two lines of stderr: the command's own output is not touched. */
export function explainStep({ step, error, detail }: StepReport): void {
  const outcome =
    error === null ? (detail === '' ? 'done' : detail) : `refused (${error})${detail === '' ? '' : ` ${detail}`}`;
  writeStandardError(`${stepHead(step)}\n       ${shortened(step.call)} = ${printable(shortened(outcome))}\n`);
}

function stepHead({ id, phase, changes, says }: Step): string {
  return `${String(id + 1).padStart(3)} ${changes.padEnd(9)} ${phase.padEnd(7)} ${shortened(says)}`;
}

/** Waits for Enter before a step: the person sees what comes. Where nobody can type any more it does not wait. */
export async function waitBeforeStep(step: Step): Promise<void> {
  writeStandardError(`${stepHead(step)}\n       ${shortened(step.call)}  [Enter] `);
  const { stdin } = process;
  if (stdin.readableEnded) {
    return;
  }
  await new Promise<void>((resolve) => {
    const go = () => {
      stdin.off('data', go).off('end', go);
      // What is typed from here on belongs to the command.
      stdin.pause();
      resolve();
    };
    stdin.on('data', go).on('end', go).resume();
  });
}

function shortened(text: string): string {
  const short = text.replace(/[0-9a-f]{52}(?=\b)/g, '…');
  return printable(short.length > LONGEST ? `${short.slice(0, LONGEST)}…` : short);
}
