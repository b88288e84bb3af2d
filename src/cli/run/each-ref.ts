import type { OwnContainer } from '../../runtime/lifecycle/own-container.ts';
import { openStandardOutput, writeStandardError } from '../../standard-streams.ts';
import { failureText } from '../failure.ts';
import { misuse } from '../flags.ts';
import { madeByUs, openOwnRefs } from './own-ref.ts';
import { toldFailure } from './runtime-failure.ts';
import type { RuntimeContext } from './runtime-verb.ts';

/** Does the work for every container named and prints what it says; one that fails does not keep it from the others. */
export async function eachOwn(
  verb: string,
  context: RuntimeContext,
  work: (container: OwnContainer, ref: string) => Promise<string>,
): Promise<number> {
  const { operands } = context;
  if (operands.length === 0) {
    throw misuse(verb, 'no container was named');
  }
  const output = openStandardOutput();
  const find = openOwnRefs(verb, context);
  let status = 0;
  for (const ref of operands) {
    try {
      output.write(`${await work(madeByUs(await find(ref), ref), ref)}\n`);
    } catch (error) {
      writeStandardError(failureText(toldFailure(error), false));
      status = 1;
    }
  }
  return status;
}
