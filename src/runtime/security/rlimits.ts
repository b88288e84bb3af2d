import type { Limit } from '../../model/limit.ts';
import type { RlimitName, RlimitSpec } from '../spec.ts';
import { WrongValue } from '../wrong-value.ts';

/** Docker's names for `--ulimit`. */
const NAMES: readonly RlimitName[] = [
  'core',
  'cpu',
  'data',
  'fsize',
  'locks',
  'memlock',
  'msgqueue',
  'nice',
  'nofile',
  'nproc',
  'rss',
  'rtprio',
  'rttime',
  'sigpending',
  'stack',
];

/** Many programs close every descriptor up to the soft limit one by one, and select(2) knows no more than 1024. */
const SOFT_FILES = 1024;
const HARD_FILES = 524_288;

/**
 * The limits of a container: what `--ulimit NAME=SOFT[:HARD]` says, and a sane number of open files, at most
 * `mostFiles`; all else is inherited. WrongValue for an unknown name or a value that is none.
 */
export function chooseRlimits(flags: readonly string[], mostFiles: Limit): readonly RlimitSpec[] {
  const asked = new Map(flags.map((flag) => [flag.split('=', 1)[0], readUlimit(flag)]));
  const hard = mostFiles === 'max' ? HARD_FILES : Math.min(HARD_FILES, mostFiles);
  const files: RlimitSpec = { name: 'nofile', soft: Math.min(SOFT_FILES, hard), hard, optional: true };
  return [...(asked.has('nofile') ? [] : [files]), ...asked.values()];
}

function readUlimit(flag: string): RlimitSpec {
  const what = `--ulimit ${flag}`;
  const [, typed, softText, hardText] = /^([^=]*)=([^:]*)(?::(.*))?$/.exec(flag) ?? [];
  const name = NAMES.find((known) => known === typed);
  const soft = readLimit(softText);
  const hard = hardText === undefined ? soft : readLimit(hardText);
  if (typed !== undefined && name === undefined) throw new WrongValue(what, `no limit; there are ${NAMES.join(', ')}`);
  if (name === undefined || soft === null || hard === null) {
    throw new WrongValue(what, 'it is NAME=SOFT[:HARD], whole numbers or -1 for none');
  }
  if (hard !== 'max' && (soft === 'max' || soft > hard)) {
    throw new WrongValue(what, `the soft limit is above the hard one, ${hard}`);
  }
  return { name, soft, hard, optional: false };
}

function readLimit(text: string | undefined): Limit | null {
  if (text === '-1' || text === 'unlimited') return 'max';
  const value = text !== undefined && /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(value) ? value : null;
}
