import { awaitEnd } from '../../runtime/lifecycle/end.ts';
import { sweepContainer } from '../../runtime/lifecycle/gc.ts';
import { readContainer } from '../../runtime/lifecycle/own-container.ts';
import { eachOwn } from './each-ref.ts';
import type { RuntimeVerb } from './runtime-verb.ts';

const SIGKILLED = 137;

export const wait: RuntimeVerb = {
  usage: 'REF...',
  flags: [],
  untilOperand: false,
  changes: false,
  failure: 1,
  run: (context) => {
    const { store } = context;
    return eachOwn('wait', context, async ({ id, config, exit }) => {
      await awaitEnd(store, id, Number.POSITIVE_INFINITY);
      const ended = readContainer(store, id);
      if (ended?.status === 'lost' && !config.autoRemove) {
        await sweepContainer(store, ended);
      }
      return String((readContainer(store, id)?.exit ?? ended?.exit ?? exit)?.code ?? SIGKILLED);
    });
  },
};
