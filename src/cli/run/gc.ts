import { printable } from '../../present/printable.ts';
import { layersInUse, sweepContainers, sweepGroups } from '../../runtime/lifecycle/gc.ts';
import { openStandardOutput } from '../../standard-streams.ts';
import { misuse } from '../flags.ts';
import { ownCgroupLayout } from './own-groups.ts';
import type { RuntimeVerb } from './runtime-verb.ts';

export const gc: RuntimeVerb = {
  usage: '',
  flags: [],
  untilOperand: false,
  changes: true,
  failure: 1,
  run: async ({ store, operands }) => {
    if (operands.length > 0) {
      throw misuse('gc', 'it takes no argument');
    }
    const containers = await sweepContainers(store);
    const [{ sweepImages }, { imagePlaces }] = await Promise.all([
      import('../../runtime/image/sweep-images.ts'),
      import('../../runtime/image/image-store.ts'),
    ]);
    const images = sweepImages(imagePlaces(store.root), layersInUse(store));
    const swept = [...containers, ...images, ...sweepGroups(store, ownCgroupLayout())];
    const output = openStandardOutput();
    for (const line of swept) {
      output.write(`${printable(line)}\n`);
    }
    return 0;
  },
};
