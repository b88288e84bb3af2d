import type { Command } from 'commander';
import { filterKeys } from '../inspect/container-filter.ts';

/** A flag as completions need it. `value`: what may follow it, or null where nothing does. */
export type CompletionFlag = {
  readonly names: readonly string[];
  readonly description: string;
  readonly value:
    | { readonly kind: 'dir' | 'any' }
    | { readonly kind: 'words'; readonly words: readonly string[] }
    | null;
};

/** A command as completions need it. `argument`: what its operands are. */
export type CompletionCommand = {
  readonly name: string;
  readonly description: string;
  readonly flags: readonly CompletionFlag[];
  readonly argument:
    | { readonly kind: 'ref' | 'file' | 'none' }
    | { readonly kind: 'words'; readonly words: readonly string[] };
};

export type CompletionTree = {
  readonly globals: readonly CompletionFlag[];
  readonly commands: readonly CompletionCommand[];
};

/** The commands and flags there are, read from the program itself, so that completions cannot tell of others. */
export function completionTree(program: Command): CompletionTree {
  return {
    globals: flagsOf(program),
    commands: program.commands.map((command) => ({
      name: command.name(),
      description: command.description(),
      flags: flagsOf(command),
      argument: argumentOf(command),
    })),
  };
}

function flagsOf(command: Command): readonly CompletionFlag[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .map((option) => ({
      names: [option.short, option.long].filter((name) => name !== undefined && name !== null),
      description: option.description,
      value: option.required || option.optional ? valueAfter(option.flags, option.argChoices) : null,
    }));
}

/** What stands for a value in a flag's usage tells what it may be. */
const PLACEHOLDERS: { readonly [placeholder: string]: CompletionFlag['value'] } = {
  '<dir>': { kind: 'dir' },
  '<key=value>': { kind: 'words', words: filterKeys.map((key) => `${key}=`) },
  '<engine>': { kind: 'words', words: ['auto', 'none', 'docker=', 'podman=', 'containerd='] },
};

function valueAfter(flags: string, choices: readonly string[] | undefined): CompletionFlag['value'] {
  if (choices !== undefined) {
    return { kind: 'words', words: choices };
  }
  return PLACEHOLDERS[flags.slice(flags.indexOf('<'))] ?? { kind: 'any' };
}

function argumentOf(command: Command): CompletionCommand['argument'] {
  const [first] = command.registeredArguments;
  if (first === undefined) {
    return { kind: 'none' };
  }
  if (first.argChoices !== undefined) {
    return { kind: 'words', words: first.argChoices };
  }
  return { kind: first.name() === 'file' ? 'file' : 'ref' };
}
