import type { Command } from 'commander';
import type { Output } from './output.ts';
import type { Session } from './session.ts';

/** What a command that only prints is given. `program`: the whole tree of commands. */
export type PrintContext = { readonly output: Output; readonly program: () => Command };

/** What a command that looks at the host is given. */
type LookContext = { readonly output: Output; readonly session: Session };

export type Runner = {
  print(work: (context: PrintContext) => void | Promise<void>): Promise<void>;
  /** The same for one that may end as what it showed did: with that exit status. */
  show(work: (context: PrintContext) => Promise<number>): Promise<void>;
  /** Opens the host before and closes it after, whatever happens. */
  look(work: (context: LookContext) => void | Promise<void>): Promise<void>;
  /** The same for a command that looks again and again. */
  watch(work: (context: LookContext) => void | Promise<void>): Promise<void>;
};

/** One command: its arguments and options, and what it does. */
export type Verb = { define(command: Command, run: Runner): void };
