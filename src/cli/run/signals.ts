import { constants } from 'node:os';
import { misuse } from '../flags.ts';

/** A signal by name, with or without SIG, or number: signal(7). Real-time ones as `RTMIN+3`. */
export function signalOf(verb: string, flag: string, text: string): number {
  const bare = text.toUpperCase().replace(/^SIG/, '');
  if (/^\d{1,2}$/.test(bare)) {
    const number = Number(bare);
    if (number >= 1 && number <= LAST_SIGNAL) {
      return number;
    }
  }
  const realTime = /^RT(MIN|MAX)(?:([+-])(\d{1,2}))?$/.exec(bare);
  if (realTime !== null) {
    const base = realTime[1] === 'MIN' ? FIRST_REAL_TIME : LAST_SIGNAL;
    const number = base + (realTime[2] === '-' ? -1 : 1) * Number(realTime[3] ?? 0);
    if (number >= FIRST_REAL_TIME && number <= LAST_SIGNAL) {
      return number;
    }
  }
  const number = constants.signals[`SIG${bare}` as NodeJS.Signals];
  if (number === undefined) {
    throw misuse(verb, `${flag} is a signal such as TERM, SIGKILL or 9, not '${text}'`);
  }
  return number;
}

/** As the C library counts them: it keeps two real-time signals for itself. */
const FIRST_REAL_TIME = 34;
const LAST_SIGNAL = 64;
