import { Command, CommanderError } from 'commander';
import manifest from '../../package.json' with { type: 'json' };
import { engineNotices } from '../model/build-snapshot.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { openStandardOutput, writeStandardError } from '../standard-streams.ts';
import { type CliFailure, failureText, isCliFailure, wrongUsage } from './failure.ts';
import { addGlobalOptions, type GlobalOptions, globalOptions } from './globals.ts';
import { type Output, openOutput } from './output.ts';
import { type Look, openSession, type Session } from './session.ts';
import type { PrintContext, Runner } from './verb.ts';
import { verbs } from './verbs.ts';

/** Adds commands that are defined elsewhere. */
type Complete = (program: Command) => void;

/**
 * Runs one command line; the answer is the exit status. What only help and completions need, the commands on our own
 * containers, is left to `complete`.
 */
export async function runProgram(args: readonly string[], complete: Complete = () => {}): Promise<number> {
  let verb: string | null = null;
  try {
    const flags = addGlobalOptions(silent(new Command('nsview')));
    const { operands, unknown } = flags.parseOptions([...args]);
    if (operands.length === 0 && unknown.length === 0) {
      return await runWithoutVerb(args, globalOptions(flags), complete);
    }
    verb = verbs.find(({ name }) => name === operands[0])?.name ?? null;
    let status = 0;
    const program = buildProgram(complete, (shown) => {
      status = shown;
    });
    await program.parseAsync([...args], { from: 'user' });
    return status;
  } catch (error) {
    return reportFailure(error, verb);
  }
}

/** The dashboard where a person sits at both ends, else the same as `ps`. */
async function runWithoutVerb(args: readonly string[], globals: GlobalOptions, complete: Complete): Promise<number> {
  if (process.stdin.isTTY && process.stdout.isTTY) {
    const { runDashboard } = await import('./dashboard.ts');
    return runDashboard(globals, args);
  }
  await buildProgram(complete).parseAsync([...args, 'ps'], { from: 'user' });
  return 0;
}

/** The tree of commands. `onEnd`: told the exit status of one that has its own. */
export function buildProgram(complete: Complete, onEnd: (status: number) => void = () => {}): Command {
  const program = addGlobalOptions(silent(new Command('nsview')))
    .description('Shows what a container really is: its namespaces, its cgroups and the layers it stands on.')
    .usage('[options] [command]')
    .version(manifest.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', '\nWithout a command: the dashboard on a terminal, else the same as `nsview ps`.');
  const run = runner(program, complete, onEnd);
  for (const { name, summary, verb } of verbs) {
    verb.define(program.command(name).description(summary).helpOption('-h, --help', 'print this help'), run);
  }
  complete(program);
  return program;
}

/** Names that are missing are missed in every output, so each says which engine gave none; `doctor` lists them all. */
async function lookAloud(session: Session, look: Look, output: Output): Promise<Snapshot> {
  const snapshot = await session.look(look);
  if (look.askEngines !== true) {
    output.notices(engineNotices(snapshot.engines));
  }
  return snapshot;
}

function runner(program: Command, complete: Complete, onEnd: (status: number) => void): Runner {
  const withSession =
    (keep: boolean): Runner['look'] =>
    async (work) => {
      const globals = globalOptions(program);
      const output = openOutput(globals.color);
      const session = openSession(globals, keep);
      try {
        await work({ session: { ...session, look: (look) => lookAloud(session, look, output) }, output });
        await output.drained();
      } finally {
        session.close();
      }
    };
  async function print<T>(work: (context: PrintContext) => T | Promise<T>): Promise<T> {
    const output = openOutput(globalOptions(program).color);
    const result = await work({ output, program: () => buildProgram(complete) });
    await output.drained();
    return result;
  }
  return {
    print,
    show: async (work) => onEnd(await print(work)),
    look: withSession(false),
    watch: withSession(true),
  };
}

/** Commander throws instead of exiting and prints no error itself: every error is told in one place. */
function silent(command: Command): Command {
  return command.exitOverride().configureOutput({
    writeOut: (text) => openStandardOutput().write(text),
    outputError: () => {},
  });
}

function reportFailure(error: unknown, verb: string | null): number {
  if (error instanceof CommanderError && error.exitCode === 0) {
    return 0;
  }
  const failure = error instanceof CommanderError ? usageFailure(error, verb) : error;
  writeStandardError(failureText(failure, process.env['NSVIEW_DEBUG'] === '1'));
  return isCliFailure(failure) ? failure.status : 1;
}

/** What commander adds below a message; the message itself may hold line breaks of a stranger's. */
const SUGGESTION = /\n\((Did you mean [^\n]*\?)\)$/;

/** `error: unknown option '--jsn'\n(Did you mean --json?)` in our form. */
function usageFailure({ message }: CommanderError, verb: string | null): CliFailure {
  const suggestion = SUGGESTION.exec(message)?.[1];
  return wrongUsage(
    verb ?? 'wrong usage',
    message.replace(SUGGESTION, '').replace(/^error: /, ''),
    `${suggestion === undefined ? '' : `${suggestion} `}See 'nsview ${verb === null ? '' : `${verb} `}--help'.`,
  );
}
