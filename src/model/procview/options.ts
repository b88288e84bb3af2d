import type { LxcfsOptions } from './input.ts';

/** As packaged: no flags. */
export const PACKAGED: LxcfsOptions = { loadavg: false, cfs: false, swap: true, zswap: true };

/** Flags that change nothing of what is printed, and those of them that take a value. */
const SILENT = new Set(['debug', 'foreground', 'enable-pidfd', 'enable-psi-poll', 'd', 'f', 's']);
const WITH_VALUE = new Set(['pidfile', 'runtime-dir', 'p', 'o']);

const MEANING: { readonly [flag: string]: Partial<LxcfsOptions> } = {
  'enable-loadavg': { loadavg: true },
  'enable-cfs': { cfs: true },
  'disable-swap': { swap: false },
  'disable-zswap': { zswap: false },
  l: { loadavg: true },
  u: { swap: false },
  z: { zswap: false },
};

/**
 * The daemon's flags, as words of its command line: getopt_long(3). Operands are left out of account. An unknown flag is
 * returned as it stands.
 */
export function parseLxcfsFlags(words: readonly string[]): LxcfsOptions | { readonly unknown: string } {
  let options = PACKAGED;
  const left = [...words];
  for (let word = left.shift(); word !== undefined && word !== '--'; word = left.shift()) {
    const names = word.startsWith('--') ? [longName(word)] : word.startsWith('-') ? word.slice(1).split('') : [];
    for (const [index, name] of names.entries()) {
      const meaning = Object.hasOwn(MEANING, name) ? MEANING[name] : undefined;
      if (WITH_VALUE.has(name)) {
        if (!word.includes('=') && index === names.length - 1) {
          left.shift();
        }
        break;
      }
      if (meaning === undefined && !SILENT.has(name)) {
        return { unknown: word };
      }
      options = { ...options, ...meaning };
    }
  }
  return options;
}

function longName(word: string): string {
  const name = word.slice(2).split('=', 1)[0] ?? '';
  const all = [...Object.keys(MEANING), ...SILENT, ...WITH_VALUE].filter((each) => each.length > 1);
  const fitting = all.filter((each) => each.startsWith(name));
  return all.includes(name) ? name : fitting.length === 1 && name !== '' ? (fitting[0] ?? name) : name;
}
