import { storeAt } from '../../runtime/state/store.ts';
import { writeStandardError } from '../../standard-streams.ts';
import { CliFailure, failureText, isCliFailure, requestFailed } from '../failure.ts';
import { parseFlags } from '../flags.ts';
import { globalFlags } from '../global-flags.ts';
import { isTold } from './runtime-failure.ts';
import type { RuntimeVerbName } from './runtime-names.ts';
import type { RuntimeVerb } from './runtime-verb.ts';

/** Runs one command on our own containers; `before` are the words in front of its name. The answer is the exit status. */
export async function runVerb(
  name: RuntimeVerbName,
  verb: RuntimeVerb,
  before: readonly string[],
  after: readonly string[],
): Promise<number> {
  try {
    const own = new Set(verb.flags.map(({ long }) => long));
    const shared = globalFlags.filter(({ long }) => !own.has(long));
    const { flags, operands } = parseFlags(name, [...verb.flags, ...shared], after, verb.untilOperand);
    // A global flag counts wherever it stands; `run --read-only` is Docker's and not ours.
    const globals = parseFlags(name, globalFlags, before, true).flags;
    const given = (long: string) => globals.one(long) ?? (own.has(long) ? null : flags.one(long));
    if (verb.changes && given('--read-only') !== null && given('--read-only') !== 'false') {
      throw requestFailed(name, 'it changes something, and --read-only is set');
    }
    const store = storeAt(given('--root') ?? undefined, process.env, process.geteuid?.() ?? 0);
    return await verb.run({
      flags,
      operands,
      store,
      globals: {
        all: (long) => [...globals.all(long), ...(own.has(long) ? [] : flags.all(long))],
        one: given,
        has: (long) => given(long) !== null && given(long) !== 'false',
      },
    });
  } catch (error) {
    const told = isTold(error) ? new CliFailure(1, `${error.what}: ${error.why}`, error.remedy) : error;
    writeStandardError(failureText(told, process.env['NSVIEW_DEBUG'] === '1'));
    return verb.failure === 1 && isCliFailure(told) ? told.status : verb.failure;
  }
}
