import type { Store } from '../../runtime/state/store.ts';
import type { Flag, Flags } from '../flags.ts';

/** What a command on our own containers is given. */
export type RuntimeContext = {
  readonly flags: Flags;
  readonly operands: readonly string[];
  readonly store: Store;
  /** The global flags as given, for what asks the inspector. */
  readonly globals: Flags;
};

/** A command that changes containers, as data: it is parsed without the inspector's own parser, to start sooner. */
export type RuntimeVerb = {
  /** What follows the command's name in help. */
  readonly usage: string;
  readonly flags: readonly Flag[];
  /** What an operand may be where there are but a few words: for completions. */
  readonly words?: readonly string[];
  /** Its operands are files or directories of the user's. */
  readonly takesFiles?: true;
  /** The first operand, or so many, end the flags: what follows is a command's own. */
  readonly untilOperand: boolean;
  /** Refused with --read-only. */
  readonly changes: boolean;
  /** Exit status of what is our failure: Docker's 125 where the command's own may be anything. */
  readonly failure: 1 | 125;
  /** Resolves to the exit status. */
  readonly run: (context: RuntimeContext) => Promise<number>;
};
