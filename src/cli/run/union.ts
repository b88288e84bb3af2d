import type { RuntimeVerb } from './runtime-verb.ts';

export const union: RuntimeVerb = {
  usage: '[options] A B',
  flags: [
    {
      long: '--at',
      value: '<dir>',
      says: 'mount it on this empty directory, where others see it too, as long as the command runs',
    },
  ],
  takesFiles: true,
  untilOperand: false,
  changes: true,
  failure: 1,
  run: async (context) => {
    // What looks into branches is more than the commands on containers need.
    const { runUnion } = await import('./union-program.ts');
    return runUnion(context);
  },
};
