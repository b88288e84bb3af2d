import type { Command } from 'commander';
import { buildProgram, runProgram } from './program.ts';
import { defineRuntimeVerbs } from './run/runtime-help.ts';

/** Runs a command line that may need to know of every command: help, completions, a word that is none. */
export function runWholeProgram(args: readonly string[]): Promise<number> {
  return runProgram(args, defineRuntimeVerbs);
}

/** The tree of all commands. */
export function buildWholeProgram(): Command {
  return buildProgram(defineRuntimeVerbs);
}
