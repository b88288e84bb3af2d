import { signalContainer } from '../../runtime/lifecycle/end.ts';
import { eachOwn } from './each-ref.ts';
import type { RuntimeVerb } from './runtime-verb.ts';
import { signalOf } from './signals.ts';

export const kill: RuntimeVerb = {
  usage: '[options] REF...',
  flags: [{ long: '--signal', short: '-s', value: '<signal>', says: 'signal to send; KILL unless told' }],
  untilOperand: false,
  changes: true,
  failure: 1,
  run: (context) => {
    const signal = signalOf('kill', '--signal', context.flags.one('--signal') ?? 'KILL');
    return eachOwn('kill', context, async (container, ref) => {
      await signalContainer(container, signal);
      return ref;
    });
  },
};
