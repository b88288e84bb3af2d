import { printable } from '../../present/printable.ts';
import { resolveRootfs } from '../../runtime/lifecycle/rootfs.ts';
import { runContainer } from '../../runtime/lifecycle/run.ts';
import type { RunRoot } from '../../runtime/lifecycle/run-request.ts';
import type { Store } from '../../runtime/state/store.ts';
import { openStandardOutput, writeStandardError } from '../../standard-streams.ts';
import { failureText, requestFailed } from '../failure.ts';
import { type Flags, misuse } from '../flags.ts';
import { askedRun } from './asked-run.ts';
import { explainSteps, guideSteps } from './explain.ts';
import { ownCgroupLayout } from './own-groups.ts';
import { runFlags } from './run-flags.ts';
import type { RuntimeVerb } from './runtime-verb.ts';

const OUR_FAILURE = 125;

export const run: RuntimeVerb = {
  usage: '[options] IMAGE [COMMAND...]',
  flags: runFlags,
  untilOperand: true,
  changes: true,
  failure: OUR_FAILURE,
  run: async ({ flags, operands, store }) => {
    const asked = askedRun(flags, { store, layout: ownCgroupLayout() });
    const { root, command } = await rootOf(flags, operands, store);
    const request = asked(root, command);
    const result = await runContainer(store, request, {
      ...(flags.has('--step') ? guideSteps() : flags.has('--explain') ? { onStep: explainSteps() } : {}),
      onPort: (listening, containerPort) => {
        writeStandardError(`nsview: ${listening} -> ${containerPort}/tcp\n`);
      },
      onWarning: (why, remedy) => {
        writeStandardError(`nsview: ${printable(why)}\n${printable(remedy)}\n`);
      },
    });
    switch (result.kind) {
      case 'detached':
        openStandardOutput().write(`${result.id}\n`);
        return 0;
      case 'failed':
        writeStandardError(failureText(requestFailed(result.what, result.why, result.remedy), false));
        return result.code;
      case 'ended':
        for (const note of result.notes) {
          writeStandardError(`nsview: ${note}\n`);
        }
        return result.code;
    }
  },
};

/** With --rootfs every operand belongs to the command; else the first names the image. */
async function rootOf(
  flags: Flags,
  operands: readonly string[],
  store: Store,
): Promise<{ readonly root: RunRoot; readonly command: readonly string[] }> {
  const directory = flags.one('--rootfs');
  if (directory !== null) {
    return { root: resolveRootfs(directory), command: operands };
  }
  const [image, ...command] = operands;
  if (image === undefined || image === '') {
    throw misuse('run', 'no image was given: name one such as nsview/demo, or a directory with --rootfs');
  }
  const { resolveImage } = await import('../../runtime/image/resolve-image.ts');
  const { lowers, config } = await resolveImage(store.root, image);
  return { root: { image, layers: lowers, defaults: config.config ?? {} }, command };
}
