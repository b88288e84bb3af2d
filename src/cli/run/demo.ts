import { type DemoStart, removeDemos, startDemo } from '../../runtime/demos/start-demos.ts';
import { type Demo, demos } from '../../runtime/demos/table.ts';
import { resolveImage } from '../../runtime/image/resolve-image.ts';
import { hasLxcfs, LXCFS } from '../../runtime/lifecycle/lxcfs.ts';
import { removeContainer } from '../../runtime/lifecycle/remove.ts';
import { runContainer } from '../../runtime/lifecycle/run.ts';
import type { Store } from '../../runtime/state/store.ts';
import { openStandardOutput, writeStandardError } from '../../standard-streams.ts';
import { CliFailure, failureText, requestFailed, wrongUsage } from '../failure.ts';
import { parseFlags } from '../flags.ts';
import { askedRun } from './asked-run.ts';
import { ownCgroupLayout } from './own-groups.ts';
import { runFlags } from './run-flags.ts';
import { isTold } from './runtime-failure.ts';
import type { RuntimeVerb } from './runtime-verb.ts';

export const demo: RuntimeVerb = {
  usage: '[options] [NAME...]',
  flags: [
    { long: '--list', says: 'print the demos there are' },
    { long: '--rm', says: 'remove their containers' },
  ],
  words: demos.map(({ name }) => name),
  untilOperand: false,
  changes: false,
  failure: 1,
  run: async ({ flags, operands, store, globals }) => {
    const chosen = operands.length === 0 ? demos : operands.map(demoOf);
    if (flags.has('--list')) {
      openStandardOutput().write(chosen.map(listed).join(''));
      return 0;
    }
    if (globals.has('--read-only')) {
      throw requestFailed('demo', 'it changes something, and --read-only is set');
    }
    if (flags.has('--rm')) {
      const removed = await removeDemos(store, operands, (container) =>
        removeContainer(store, container, { force: true, volumes: true }),
      );
      openStandardOutput().write(removed.map((name) => `${name}\n`).join(''));
      return 0;
    }
    const root = globals.one('--root');
    return startAll(store, chosen, root === null ? 'nsview' : `nsview --root ${root}`);
  },
};

function demoOf(name: string): Demo {
  const found = demos.find((one) => one.name === name);
  if (found === undefined) {
    const names = demos.map((one) => one.name).join(', ');
    throw wrongUsage('demo', `there is no demo '${name}'`, `There are ${names}.`);
  }
  return found;
}

function listed({ name, says, containers }: Demo): string {
  return `${name.padEnd(8)}${says}\n${' '.repeat(8)}${containers.map((container) => container.name).join(', ')}\n`;
}

/** One that cannot be started does not keep the others from starting. */
async function startAll(store: Store, chosen: readonly Demo[], program: string): Promise<number> {
  const output = openStandardOutput();
  const lxcfs = hasLxcfs(LXCFS);
  let failed = 0;
  for (const one of chosen) {
    try {
      const starts = await startDemo(store, one, lxcfs, {
        run: (words) => runWords(store, words),
        remove: (container) => removeContainer(store, container, { force: true, volumes: true }),
      });
      output.write(startedText(one, starts, program));
    } catch (error) {
      if (!isTold(error) && !(error instanceof CliFailure)) {
        throw error;
      }
      const why = isTold(error) ? `${error.what}: ${error.why}` : error.message;
      writeStandardError(failureText(requestFailed(`demo ${one.name}`, why, error.remedy), false));
      failed += 1;
    }
  }
  if (failed < chosen.length) {
    output.write(`${program} shows them; ${program} demo --rm removes them.\n`);
  }
  return failed === 0 ? 0 : 1;
}

function startedText({ name, says, tries }: Demo, starts: readonly DemoStart[], program: string): string {
  return [
    `${name}: ${says}`,
    ...starts.map(({ container, outcome }) => `  ${container.name} ${OUTCOMES[outcome]}`),
    ...tries.map((line) => `  $ ${program} ${line}`),
    '',
    '',
  ].join('\n');
}

const OUTCOMES: { readonly [outcome in DemoStart['outcome']]: string } = {
  started: 'is started',
  'was running': 'is running already',
  absent: 'is left out: lxcfs is not mounted here',
};

/** What `nsview run` does with these words, but for printing the id. */
async function runWords(store: Store, words: readonly string[]): Promise<void> {
  const { flags, operands } = parseFlags('run', runFlags, words, true);
  const [image = '', ...command] = operands;
  const { lowers, config } = await resolveImage(store.root, image);
  const root = { image, layers: lowers, defaults: config.config ?? {} };
  const request = askedRun(flags, root, command, { store, layout: ownCgroupLayout() });
  const result = await runContainer(store, request, {});
  if (result.kind === 'failed') {
    throw requestFailed(result.what, result.why, result.remedy);
  }
}
