import { isatty } from 'node:tty';
import { printable } from '../../present/printable.ts';
import type { LaunchOptions, StepReport } from '../../runtime/launch.ts';
import type { Step } from '../../runtime/plan/step.ts';
import { writeStandardError } from '../../standard-streams.ts';
import { stepGroup, stepText } from './step-text.ts';
import { nextKey } from './typed-keys.ts';

/** What a start tells and asks; the command's own output is not touched, all of it is standard error. */
type StepHooks = Required<Pick<LaunchOptions, 'onStep' | 'beforeStep'>>;

const INDENT = 7;

/** `--explain`: what each step did, or why not, with a heading where another part of the container begins. */
export function explainSteps(): StepHooks['onStep'] {
  const tell = teller();
  return (report) => {
    tell.head(report.step, report.total);
    tell.call(`${report.step.call} = ${outcomeOf(report)}`);
  };
}

/** `--step`: the same, and waits for a key before a step, so that the person sees what comes. */
export function guideSteps(): StepHooks {
  const tell = teller();
  /** The group whose rest nobody wants to be asked about; `all`: nor anything after it. */
  let passing = null as string | null;
  let shown = null as Step | null;
  let asked = false;
  return {
    onStep: (report) => {
      const outcome = outcomeOf(report);
      if (shown === report.step) {
        tell.call(`= ${outcome}`);
      } else {
        tell.head(report.step, report.total);
        tell.call(`${report.step.call} = ${outcome}`);
      }
    },
    beforeStep: async (step, total) => {
      if (passing === 'all' || passing === stepGroup(step)) return;
      passing = null;
      shown = step;
      tell.head(step, total);
      tell.call(step.call);
      const prompt = asked ? '[Enter, n, c, q]' : '[Enter] next step, n next group, c to the end, q give up:';
      asked = true;
      writeStandardError(`${' '.repeat(INDENT)}${prompt} `);
      const key = await nextKey();
      writeStandardError('\n');
      if (key === 'n') passing = stepGroup(step);
      if (key === 'c' || key === 'end') passing = 'all';
      if (key !== 'q') return;
      // As Ctrl-C at any other time: whoever follows the helper takes the start back.
      process.kill(process.pid, 'SIGINT');
      await new Promise<never>(() => {});
    },
  };
}

function outcomeOf({ error, detail }: StepReport): string {
  if (error === null) return detail === '' ? 'done' : detail;
  return `refused (${error})${detail === '' ? '' : ` ${detail}`}`;
}

function teller() {
  // A pipe gets whole lines.
  const width = isatty(2) ? process.stderr.columns : Number.POSITIVE_INFINITY;
  let group = '';
  const write = (text: string, indent: number) => writeStandardError(`${stepText(text, indent, width)}\n`);
  return {
    head: (step: Step, total: number) => {
      const next = stepGroup(step);
      if (next !== group) write(`== ${next}`, 0);
      group = next;
      const place = `${String(step.id + 1).padStart(3)} of ${total}`;
      write(`${place} ${step.changes.padEnd(9)} ${step.phase.padEnd(7)} ${step.says}`, 0);
    },
    call: (text: string) => write(printable(text), INDENT),
  };
}
