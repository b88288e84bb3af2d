import { asksForHelp, firstWord, isHelpFlag } from './cli/global-flags.ts';
import { isLookingVerb } from './cli/looking-names.ts';
import { isRuntimeVerb, type RuntimeVerbName } from './cli/run/runtime-names.ts';
import { isInteractive } from './standard-streams.ts';

/** `engines` of package.json: what the rest needs even to be parsed is not loaded before this was asked. */
const OLDEST_NODE = 22;

/** Everything that ends the program comes through here: nothing below calls `exit` but a closed pipe. */
async function start(): Promise<number> {
  if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE) {
    process.stderr.write(
      `nsview: cannot start: Node ${process.versions.node} is too old\nInstall Node ${OLDEST_NODE} or newer.\n`,
    );
    return 1;
  }
  const args = process.argv.slice(2);
  const first = firstWord(args);
  if (first !== null && isRuntimeVerb(first.word) && !asksForHelp(args.slice(first.at + 1))) {
    return startRuntimeVerb(first.word, args.slice(0, first.at), args.slice(first.at + 1));
  }
  const wantsHelp = args.some(isHelpFlag);
  if (first === null && !wantsHelp && isInteractive()) {
    const { startDashboard } = await import('./cli/dashboard.ts');
    const status = await startDashboard(args);
    if (status !== null) {
      return status;
    }
  }
  if (first === null ? !wantsHelp : isLookingVerb(first.word)) {
    const { runProgram } = await import('./cli/program.ts');
    return runProgram(args);
  }
  const { runWholeProgram } = await import('./cli/whole-program.ts');
  return runWholeProgram(args);
}

async function startRuntimeVerb(
  name: RuntimeVerbName,
  before: readonly string[],
  after: readonly string[],
): Promise<number> {
  if (name === 'run') {
    const { runRun } = await import('./cli/run/run-program.ts');
    return runRun(before, after);
  }
  if (name === 'exec') {
    const { runExec } = await import('./cli/run/exec-program.ts');
    return runExec(before, after);
  }
  const { runRuntimeVerb } = await import('./cli/run/runtime-program.ts');
  return runRuntimeVerb(name, before, after);
}

// An engine's idle connection must not keep a finished command waiting; commands have waited for their output.
void start().then((status) => process.exit(status));
