import { Argument, type Command, Option } from 'commander';
import type { Flag } from '../flags.ts';
import { runtimeVerbNames } from './runtime-names.ts';
import { runtimeVerbs } from './runtime-verbs.ts';

/** Adds the commands on containers to the tree that help and completions are made from; they are parsed without it. */
export function defineRuntimeVerbs(program: Command): void {
  for (const name of runtimeVerbNames) {
    const { summary, verb } = runtimeVerbs[name];
    const command = program
      .command(name)
      .description(summary)
      .usage(verb.usage)
      .helpOption('-h, --help', 'print this help');
    if (verb.usage.includes('REF')) {
      command.argument('[ref]', 'a container: its name, id, id prefix, pid:N or NAME@ENGINE');
    }
    if (verb.words !== undefined) {
      command.addArgument(new Argument('[name...]').choices(verb.words));
    }
    if (verb.takesFiles === true) {
      command.argument('[file...]');
    }
    for (const flag of verb.flags) {
      command.addOption(optionOf(flag));
    }
  }
}

function optionOf({ long, short, value, optionalValue, says }: Flag): Option {
  const placeholder = value === undefined ? '' : optionalValue === true ? ` [${value.slice(1, -1)}]` : ` ${value}`;
  return new Option(`${short === undefined ? '' : `${short}, `}${long}${placeholder}`, says);
}
