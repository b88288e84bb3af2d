import { stopContainer } from '../../runtime/lifecycle/end.ts';
import { eachOwn } from './each-ref.ts';
import { numberOf } from './quantities.ts';
import type { RuntimeVerb } from './runtime-verb.ts';
import { signalOf } from './signals.ts';

export const stop: RuntimeVerb = {
  usage: '[options] REF...',
  flags: [
    { long: '--signal', short: '-s', value: '<signal>', says: 'signal to send first' },
    { long: '--time', short: '-t', value: '<seconds>', says: 'seconds to wait before it is killed' },
  ],
  untilOperand: false,
  changes: true,
  failure: 1,
  run: (context) => {
    const { flags, store } = context;
    const signal = flags.one('--signal');
    const time = flags.one('--time');
    const asked = {
      signal: signal === null ? null : signalOf('stop', '--signal', signal),
      seconds: time === null ? null : numberOf('stop', '--time', time),
    };
    return eachOwn('stop', context, async (container, ref) => {
      const { stopSignal, stopTimeoutSeconds } = container.config;
      await stopContainer(store, container, asked.signal ?? stopSignal, asked.seconds ?? stopTimeoutSeconds);
      return ref;
    });
  },
};
