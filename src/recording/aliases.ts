import { isCommonWord } from './scrub-words.ts';

/** Other names for whatever is found in a text; the same thing has the same one all through a recording. */
export type Aliases = {
  /** Every word: of names, command lines, labels. */
  strict(text: string): string;
  /** Every word that is not of the kernel, of an engine or of every host: of paths and options. */
  common(text: string): string;
  port(port: number): number;
};

const ADDRESS =
  /(?<![0-9A-Za-z.:])(?:\d{1,3}(?:\.\d{1,3}){3}|(?:[0-9a-f]{2}:){5}[0-9a-f]{2}|(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4})(?![0-9A-Za-z:])/gi;
/** Those of every host tell nothing. */
const EVERYWHERE = new Set(['0.0.0.0', '127.0.0.1', '::', '::1']);
/** What is no letter or figure in any script stands between words. */
const WORD = /[\p{L}\p{N}\p{M}_]+/gu;
const HEX = /^[0-9a-f]{12,}$/i;
/** The first twelve characters of an id are what people see of it. */
const SHORT_ID = 12;

export function openAliases(): Aliases {
  const words = openTable((count) => `w${count}`);
  const ids = openTable((count) => count.toString(16).padStart(SHORT_ID, '0'));
  const addresses = openTable(addressAlias);
  const ports = openTable((count) => String(20_000 + count));

  function rename(text: string, keeps: (word: string) => boolean): string {
    const found: string[] = [];
    // Marked, so that the words of an alias are not taken for somebody's.
    const marked = text.replaceAll(/[\ue000\ue001]/g, '?').replace(ADDRESS, (address) => {
      found.push(EVERYWHERE.has(address) ? address : addresses(address));
      return `\ue000${'\ue001'.repeat(found.length)}\ue000`;
    });
    return marked
      .replace(WORD, (word) => (keeps(word) ? word : HEX.test(word) ? ids(word).padEnd(word.length, '0') : words(word)))
      .replace(/\ue000(\ue001+)\ue000/g, (_, marks: string) => found[marks.length - 1] ?? '');
  }

  return {
    // The loopback is on every host, and left out of rates.
    strict: (text) => rename(text, (word) => word === 'lo' || /^\d$/.test(word)),
    common: (text) => {
      // Numbers of processes and descriptors are no names.
      const isProc = text.startsWith('/proc/');
      return rename(text, (word) => isCommonWord(word) || (/^\d+$/.test(word) && (isProc || word.length <= 3)));
    },
    port: (port) => Number(ports(String(port))),
  };
}

/** What each thing is called from the first time on. */
function openTable(nameOf: (count: number) => string): (thing: string) => string {
  const known = new Map<string, string>();
  return (thing) => {
    const alias = known.get(thing) ?? nameOf(known.size + 1);
    known.set(thing, alias);
    return alias;
  };
}

/** Of the ranges for documentation and tests: RFC 5737, RFC 2544. */
function addressAlias(count: number): string {
  return count < 255 ? `192.0.2.${count}` : `198.18.${(count >> 8) & 255}.${count & 255}`;
}
