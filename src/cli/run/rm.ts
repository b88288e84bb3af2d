import { removeContainer } from '../../runtime/lifecycle/remove.ts';
import { eachOwn } from './each-ref.ts';
import type { RuntimeVerb } from './runtime-verb.ts';

export const rm: RuntimeVerb = {
  usage: '[options] REF...',
  flags: [
    { long: '--force', short: '-f', says: 'kill it first if it runs' },
    { long: '--volumes', short: '-v', says: 'remove its volumes without a name too' },
  ],
  untilOperand: false,
  changes: true,
  failure: 1,
  run: (context) => {
    const { flags, store } = context;
    const options = { force: flags.has('--force'), volumes: flags.has('--volumes') };
    return eachOwn('rm', context, async (container, ref) => {
      await removeContainer(store, container, options);
      return ref;
    });
  },
};
