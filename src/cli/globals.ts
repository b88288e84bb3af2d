import { type Command, InvalidArgumentError, Option } from 'commander';
import { type EngineChoice, parseEngineFlags } from '../probes/engines/choice.ts';
import type { HostRoots } from '../probes/host.ts';
import { rootFault } from '../probes/host-roots.ts';
import { requestFailed } from './failure.ts';

/** The flags that stand before or after every command. */
export type GlobalOptions = {
  readonly roots: Partial<HostRoots>;
  /** Another host's files never get the names of this one: with `--proc` or `--sys` engines must be asked for. */
  readonly engines: EngineChoice;
  readonly color: boolean;
  /** Where our own containers and images are; undefined: at the usual place. */
  readonly root: string | undefined;
  readonly readOnly: boolean;
};

/** The options as commander keeps them. */
type ParsedGlobals = {
  proc?: string;
  sys?: string;
  root?: string;
  engine?: readonly string[];
  /** Absent where the flags alone were parsed: Commander's own default comes with a command. */
  color?: boolean;
  readOnly?: boolean;
};

function collectEngine(value: string, before: readonly string[] = []): readonly string[] {
  const flags = [...before, value];
  const choice = parseEngineFlags(flags);
  if (typeof choice === 'string') {
    throw new InvalidArgumentError(choice);
  }
  return flags;
}

/** Adds the global flags to the program; commander takes them before and after a command's name. */
export function addGlobalOptions(program: Command): Command {
  return program
    .addOption(new Option('--proc <dir>', 'another root for /proc: a mounted host, a captured tree'))
    .addOption(new Option('--sys <dir>', 'another root for /sys'))
    .addOption(new Option('--root <dir>', 'where nsview keeps its own containers and images'))
    .addOption(
      new Option(
        '--engine <engine>',
        'auto, none, docker=SOCKET, podman=SOCKET or containerd=SOCKET; repeatable',
      ).argParser(collectEngine),
    )
    .addOption(new Option('--no-color', 'no colours (also: NO_COLOR in the environment)'))
    .addOption(new Option('--read-only', 'change nothing, whatever is asked'));
}

export function globalOptions(program: Command): GlobalOptions {
  const parsed = program.opts<ParsedGlobals>();
  const { proc, sys, root, engine = [], color = true, readOnly = false } = parsed;
  const roots: Partial<HostRoots> = { ...(proc === undefined ? {} : { proc }), ...(sys === undefined ? {} : { sys }) };
  // An empty list would say that nothing runs there.
  for (const flag of ['proc', 'sys'] as const) {
    const directory = roots[flag];
    const fault = directory === undefined ? null : rootFault(directory, flag);
    if (fault !== null) {
      throw requestFailed(`--${flag} ${directory}`, fault);
    }
  }
  return { roots, engines: chosenEngines(engine, Object.keys(roots).length > 0), color, root, readOnly };
}

function chosenEngines(flags: readonly string[], foreign: boolean): EngineChoice {
  const choice = foreign && flags.length === 0 ? { kind: 'none' as const } : parseEngineFlags(flags);
  if (typeof choice === 'string') {
    throw new InvalidArgumentError(choice);
  }
  return choice;
}
