import { InvalidArgumentError } from 'commander';
import { pidOfRef } from '../../model/ref.ts';
import { parseSize } from '../../runtime/cgroups/limit-words.ts';
import type { Verb } from '../verb.ts';
import { intervalOption, parseCount, parseInterval } from './ticks.ts';

export type RecordOptions = {
  readonly interval: number;
  readonly count?: number;
  readonly duration?: number;
  readonly maxSize: number;
  readonly scrub?: true;
};

const LEAST_BYTES = 1024 ** 2;
const DEFAULT_SIZE = '256m';

export const record: Verb = {
  define(command, run) {
    command
      .argument('<file>', 'where to; a file that exists is not overwritten')
      .argument(
        '[ref...]',
        'pid:N of processes in no container that are recorded too; those that `limit` limited are anyway',
        (word: string, words: readonly number[] = []) => [...words, processNumber(word)],
      )
      .addOption(intervalOption('samples'))
      .option('-n, --count <number>', 'end after so many samples', parseCount)
      .option('--duration <time>', 'end after so long, such as 10m', parseInterval)
      .addOption(
        command
          .createOption('--max-size <bytes>', 'the file never takes more: the oldest half is dropped')
          .argParser(maxSize)
          .default(maxSize(DEFAULT_SIZE), DEFAULT_SIZE),
      )
      .option('--scrub', 'other names for containers, images, labels, commands, paths, hosts, addresses and ports')
      .action((file: string, pids: readonly number[], options: RecordOptions) =>
        run.watch(async ({ session, output }) => {
          // Loaded by nobody else: compression and a file that is written.
          const { recordTo } = await import('./record-samples.ts');
          await recordTo(file, pids, options, session, output);
        }),
      );
  },
};

function processNumber(ref: string): number {
  const pid = pidOfRef(ref);
  if (pid === null) {
    throw new InvalidArgumentError('Containers are all recorded; a process is pid:N.');
  }
  return pid;
}

function maxSize(text: string): number {
  const bytes = parseSize(text);
  if (typeof bytes !== 'number' || bytes < LEAST_BYTES) {
    throw new InvalidArgumentError('It is a size from 1m, such as 64m or 1g.');
  }
  return bytes;
}
