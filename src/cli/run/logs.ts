import { readLogs } from '../../runtime/lifecycle/logs.ts';
import { writeBytes } from '../../standard-streams.ts';
import { misuse } from '../flags.ts';
import { madeByUs, openOwnRefs } from './own-ref.ts';
import { numberOf } from './quantities.ts';
import type { RuntimeVerb } from './runtime-verb.ts';
import { sinceOf } from './since.ts';

const NEWLINE = Buffer.from('\n');

export const logs: RuntimeVerb = {
  usage: '[options] REF',
  flags: [
    { long: '--follow', short: '-f', says: 'go on until it ends' },
    { long: '--tail', short: '-n', value: '<lines>', says: 'only so many lines from the end; all: every one' },
    { long: '--since', value: '<time>', says: 'only since then: 10m, 2026-01-31T12:00:00Z or seconds since 1970' },
    { long: '--timestamps', short: '-t', says: 'the time before each line' },
  ],
  untilOperand: false,
  changes: false,
  failure: 1,
  run: async ({ flags, operands, store, globals }) => {
    const [ref, ...more] = operands;
    if (ref === undefined || more.length > 0) {
      throw misuse('logs', 'it takes one container');
    }
    const tail = flags.one('--tail');
    const since = flags.one('--since');
    const container = madeByUs(await openOwnRefs('logs', { store, globals })(ref), ref);
    const timestamps = flags.has('--timestamps');
    const within = { stdout: false, stderr: false };
    await readLogs(
      store,
      container,
      {
        follow: flags.has('--follow'),
        tail: tail === null || tail === 'all' ? null : numberOf('logs', '--tail', tail),
        since: since === null ? null : sinceOf('logs', since, Date.now()),
      },
      ({ at, stream, partial, text }) => {
        const head = timestamps && !within[stream] ? [Buffer.from(`${at} `)] : [];
        writeBytes(stream, Buffer.concat([...head, text, ...(partial ? [] : [NEWLINE])]));
        within[stream] = partial;
      },
    );
    return 0;
  },
};
