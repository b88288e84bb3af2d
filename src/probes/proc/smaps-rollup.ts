import type { MemoryShare } from '../../model/process.ts';
import { garbled, ok, type Reading } from '../../model/reading.ts';
import { decimal, linesOf } from '../kernel-text.ts';

const KIB = 1024;

/**
 * /proc/PID/smaps_rollup, proc_pid_smaps(5): the sums over all mappings. `Pss` counts a page that n processes map as one
 * n-th of it for each of them.
 */
export function parseSmapsRollup(text: string, path = '/proc/PID/smaps_rollup'): Reading<MemoryShare> {
  const bytesOf = (name: string): number | null => {
    const kib = decimal(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]);
    return kib === null ? null : kib * KIB;
  };
  const [rssBytes, pssBytes] = [bytesOf('Rss'), bytesOf('Pss')];
  return rssBytes === null || pssBytes === null ? garbled(path, linesOf(text)[1] ?? '') : ok({ rssBytes, pssBytes });
}
