import { runApp } from '../app.ts';
import { parseEngineFlags } from '../probes/engines/choice.ts';
import type { Recording } from '../recording/read-recording.ts';
import { runReplay } from '../replay.ts';
import { writeStandardError } from '../standard-streams.ts';
import { failureText } from './failure.ts';
import { type Flags, parseFlags } from './flags.ts';
import { globalFlags } from './global-flags.ts';
import type { GlobalOptions } from './globals.ts';

/**
 * Runs the dashboard from the global flags alone, without the commands and their parser. Returns its exit status; null
 * where that parser is needed: the words are not all such flags, they are wrong, or name roots that must be looked at.
 */
export async function startDashboard(args: readonly string[]): Promise<number | null> {
  const flags = args.some(hasSwitchValue) ? null : flagsOf(args);
  const engines = parseEngineFlags(flags?.all('--engine') ?? []);
  if (flags === null || typeof engines === 'string' || flags.has('--proc') || flags.has('--sys')) {
    return null;
  }
  try {
    const color = !flags.has('--no-color');
    const root = flags.one('--root') ?? undefined;
    return await runDashboard({ roots: {}, engines, color, root, readOnly: flags.has('--read-only') }, args);
  } catch (error) {
    writeStandardError(failureText(error, process.env['NSVIEW_DEBUG'] === '1'));
    return 1;
  }
}

/** Runs the dashboard; `args` are the flags that say what the options are. Returns its exit status. */
export function runDashboard({ color, ...options }: GlobalOptions, args: readonly string[]): Promise<number> {
  if (!color) {
    process.env['NO_COLOR'] = '1';
  }
  return runApp({ ...options, flags: args });
}

/** Runs the dashboard over a recording, from one of its samples on. */
export function replayDashboard(recording: Recording, index: number, color: boolean): Promise<number> {
  if (!color) {
    process.env['NO_COLOR'] = '1';
  }
  return runReplay(recording, index);
}

/** `--read-only=false`: only the commands on our own containers take switches so. */
function hasSwitchValue(word: string): boolean {
  return globalFlags.some(({ long, value }) => value === undefined && word.startsWith(`${long}=`));
}

function flagsOf(args: readonly string[]): Flags | null {
  try {
    return parseFlags('nsview', globalFlags, args, true).flags;
  } catch {
    return null;
  }
}
