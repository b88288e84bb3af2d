import { InvalidArgumentError } from 'commander';
import { parseTime, TIME_TAKES, type Time } from '../../recording/moment-words.ts';
import type { Verb } from '../verb.ts';

export type ReplayOptions = { readonly at?: Time; readonly json?: true };

export const replay: Verb = {
  define(command, run) {
    command
      .argument('<file>', 'what `nsview record` wrote')
      .option('--at <time>', TIME_TAKES, parseAt)
      .option('--json', 'print JSON: of every sample what stats prints, with --at of that one what ps prints')
      .action((file: string, options: ReplayOptions) =>
        run.show(async ({ output }) => {
          // Loaded by nobody else: compression and a file that is read.
          const { replayFrom } = await import('./replay-samples.ts');
          return replayFrom(file, options, output);
        }),
      );
  },
};

function parseAt(text: string): Time {
  const time = parseTime(text);
  if (time === null) {
    throw new InvalidArgumentError(`It is ${TIME_TAKES}.`);
  }
  return time;
}
