import { ok, type Reading } from '../model/reading.ts';
import type { NativeLibrary } from '../native/library.ts';
import { errnoName, failureOf, missingAt } from './errno.ts';
import type { Host } from './host.ts';
import { stringBlock } from './string-block.ts';

type Pairs = readonly (readonly [string, string])[];

/** Thousands of tables are empty as a rule. */
const BUFFER_BYTES = 262_144;
const BATCH = 1024;

/** `namespacesIn` by the native library. */
export function heldReader(
  library: NativeLibrary,
  map: (path: string) => string,
): Exclude<Host['namespacesIn'], undefined> {
  return (holders, paths) => {
    const find = holders === 'mounts' ? library.nsfsMounts : library.nsfsDescriptors;
    const answers: Reading<Pairs>[] = [];
    let data = Buffer.allocUnsafe(BUFFER_BYTES);
    while (answers.length < paths.length) {
      const rest = paths.slice(answers.length, answers.length + BATCH);
      const lengths = new Int32Array(rest.length);
      const finished = find(stringBlock(rest.map(map)), rest.length, data, data.length, lengths);
      let at = 0;
      for (const [i, path] of rest.slice(0, finished).entries()) {
        const length = lengths[i] ?? 0;
        answers.push(length < 0 ? failureOf(errnoName(-length), path, missingAt(path)) : ok(pairs(data, at, length)));
        at += Math.max(length, 0);
      }
      if (finished === 0) data = Buffer.allocUnsafe(2 * data.length);
    }
    return answers;
  };
}

function pairs(data: Buffer, at: number, length: number): Pairs {
  if (length === 0) return [];
  const strings = data.toString('utf8', at, at + length - 1).split('\0');
  return Array.from(
    { length: strings.length / 2 },
    (_, i) => [strings[2 * i] ?? '', strings[2 * i + 1] ?? ''] as const,
  );
}
