import { type DemoStart, removeDemos, startDemo } from '../../runtime/demos/start-demos.ts';
import { type Demo, demos } from '../../runtime/demos/table.ts';
import { hasLxcfs, LXCFS } from '../../runtime/lifecycle/lxcfs.ts';
import type { Store } from '../../runtime/state/store.ts';
import { openStandardOutput, writeStandardError } from '../../standard-streams.ts';
import { failureText, requestFailed, wrongUsage } from '../failure.ts';
import { demoCommands } from './demo-commands.ts';
import { toldFailure } from './runtime-failure.ts';
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
      const removed = await removeDemos(store, operands, demoCommands(store).remove);
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
      const starts = await startDemo(store, one, lxcfs, demoCommands(store));
      output.write(startedText(one, starts, program));
    } catch (error) {
      const { message, remedy } = toldFailure(error);
      writeStandardError(failureText(requestFailed(`demo ${one.name}`, message, remedy), false));
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
