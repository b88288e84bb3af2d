import { isatty } from 'node:tty';
import { requestFailed } from '../failure.ts';
import type { Flags } from '../flags.ts';

/** -t and -i. The end of a file never reaches a terminal: what comes from one would wait for ever. As Docker refuses it. */
export function askedTerminal(verb: string, flags: Flags): { readonly tty: boolean; readonly stdin: boolean } {
  const [tty, stdin] = [flags.has('--tty'), flags.has('--interactive')];
  if (tty && stdin && !flags.has('--detach') && !isatty(0)) {
    throw requestFailed(verb, 'the input device is not a terminal', 'Give -i alone for input that is not a terminal.');
  }
  return { tty, stdin };
}
