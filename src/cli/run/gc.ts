import { printable } from '../../present/printable.ts';
import { layersInUse, type Swept, sweepContainers, sweepGroups } from '../../runtime/lifecycle/gc.ts';
import { StateFailure } from '../../runtime/state/state-failure.ts';
import type { Store } from '../../runtime/state/store.ts';
import { openStandardOutput, writeStandardError } from '../../standard-streams.ts';
import { failureText, requestFailed } from '../failure.ts';
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
    const images = await sweepUnusedImages(store);
    const groups = sweepGroups(store, ownCgroupLayout());
    const output = openStandardOutput();
    for (const line of [...containers.lines, ...images.lines, ...groups]) {
      output.write(`${printable(line)}\n`);
    }
    const failures = [...containers.failures, ...images.failures];
    for (const { what, why, remedy } of failures) {
      writeStandardError(failureText(requestFailed(what, why, remedy), false));
    }
    return failures.length === 0 ? 0 : 1;
  },
};

/** Images are left alone where it is not known on which a container stands. */
async function sweepUnusedImages(store: Store): Promise<Swept> {
  const [{ sweepImages }, { imagePlaces }] = await Promise.all([
    import('../../runtime/image/sweep-images.ts'),
    import('../../runtime/image/image-store.ts'),
  ]);
  const inUse = layersInUse(store);
  try {
    return { lines: inUse === null ? [] : sweepImages(imagePlaces(store.root), inUse), failures: [] };
  } catch (error) {
    if (error instanceof StateFailure) {
      return { lines: [], failures: [error] };
    }
    throw error;
  }
}
