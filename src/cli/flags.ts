import { wrongUsage } from './failure.ts';

/** One flag, as data: parsing, help and completions come from it. */
export type Flag = {
  /** With its dashes: `--memory`. */
  readonly long: string;
  readonly short?: string;
  /** What stands for its value in help, `<bytes>`; absent: it takes none but `=true` and `=false`. */
  readonly value?: string;
  /** The value may be left out; it then can only be given with `=`. */
  readonly optionalValue?: true;
  readonly repeat?: true;
  readonly says: string;
};

/** What was given; of a flag given twice that is not repeatable the last one counts. */
export type Flags = {
  /** Given and not `=false`. */
  readonly has: (long: string) => boolean;
  readonly one: (long: string) => string | null;
  readonly all: (long: string) => readonly string[];
};

export type ParsedLine = { readonly flags: Flags; readonly operands: readonly string[] };

/**
 * Docker's way with flags: `--flag value`, `--flag=value`, `-f value`, `-fvalue`, several short ones in one word, `--` for
 * the end. A value may begin with a dash. `untilOperand`: the first operand ends the flags, for the rest is a command.
 */
export function parseFlags(
  verb: string,
  table: readonly Flag[],
  args: readonly string[],
  untilOperand: boolean,
): ParsedLine {
  const given = new Map<string, string[]>();
  const operands: string[] = [];
  const left = [...args];
  const put = (flag: Flag, value: string) => {
    given.set(flag.long, [...(given.get(flag.long) ?? []), value]);
  };
  const nextValue = (flag: Flag, name: string): string => {
    const value = left.shift();
    if (value === undefined) {
      throw misuse(verb, `${name} needs a value, ${flag.value}`);
    }
    return value;
  };
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (word === '--') {
      operands.push(...left.splice(0));
    } else if (word.startsWith('--')) {
      const [name, value] = splitOnce(word);
      const flag = table.find(({ long }) => long === name) ?? unknown(verb, table, name);
      if (flag.value === undefined) {
        put(flag, switchValue(verb, name, value));
      } else {
        put(flag, value ?? (flag.optionalValue === true ? '' : nextValue(flag, name)));
      }
    } else if (word.length > 1 && word.startsWith('-')) {
      for (let letters = word.slice(1); letters !== ''; letters = letters.slice(1)) {
        const name = `-${letters.charAt(0)}`;
        const flag = table.find(({ short }) => short === name) ?? unknown(verb, table, name);
        if (flag.value === undefined) {
          put(flag, 'true');
        } else {
          put(flag, letters.length > 1 ? letters.slice(1).replace(/^=/, '') : nextValue(flag, name));
          break;
        }
      }
    } else {
      operands.push(word);
      if (untilOperand) {
        operands.push(...left.splice(0));
      }
    }
  }
  const all = (long: string) => given.get(long) ?? [];
  const one = (long: string) => all(long).at(-1) ?? null;
  return { flags: { all, one, has: (long) => one(long) !== null && one(long) !== 'false' }, operands };
}

export function misuse(verb: string, why: string): Error {
  return wrongUsage(verb, why, `See 'nsview ${verb} --help'.`);
}

function splitOnce(word: string): readonly [string, string | undefined] {
  const equals = word.indexOf('=');
  return equals === -1 ? [word, undefined] : [word.slice(0, equals), word.slice(equals + 1)];
}

function switchValue(verb: string, name: string, value: string | undefined): string {
  if (value === undefined || value === 'true' || value === 'false') {
    return value ?? 'true';
  }
  throw misuse(verb, `${name} is true or false, not '${value}'`);
}

function unknown(verb: string, table: readonly Flag[], name: string): never {
  const names = table.flatMap(({ long, short }) => (short === undefined ? [long] : [long, short]));
  const near = names
    .map((known) => ({ known, distance: editDistance(name, known) }))
    .sort((a, b) => a.distance - b.distance)[0];
  const suggestion = near !== undefined && near.distance <= 2 && name.length > 3 ? `Did you mean ${near.known}? ` : '';
  throw wrongUsage(verb, `unknown option '${name}'`, `${suggestion}See 'nsview ${verb} --help'.`);
}

/** Letters to add, drop or change to make one word of the other (Levenshtein). */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
