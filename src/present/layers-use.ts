import type { Layers } from '../model/document/layers.ts';
import type { SameContents } from '../model/layers/same-files.ts';
import { formatBytes, formatCount } from './units.ts';

/** What a union without a branch that takes writes is to be called; empty where there is one, or no union. */
export function unwritable({ driver, branches }: Pick<Layers, 'driver' | 'branches'>): string {
  return driver === 'none' || branches.length === 0 || branches.some(({ role }) => role === 'rw')
    ? ''
    : 'no writable branch';
}

/** How it was judged which files are there twice, and what was left out. */
export function comparedSays({ groups, readBytes, mostBytes, uncompared }: SameContents): string {
  const again = groups.reduce((sum, { bytes, files }) => {
    return sum + bytes * files.filter(({ index }) => index !== files[0]?.index).length;
  }, 0);
  const left =
    uncompared === 0
      ? ''
      : ` Of ${formatCount(uncompared)} more this is unknown: unreadable, or beyond the bound of ${formatBytes(mostBytes)}.`;
  const found = again === 0 ? 'No file is' : `${formatBytes(again)} are`;
  return `${found} again in a branch above (copied): files of one size were compared byte by byte, ${formatBytes(readBytes)} of them read.${left}`;
}
