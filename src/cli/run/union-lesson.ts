import type { ListedEntry } from '../../model/layers/list-union.ts';
import { untouchedFiles } from '../../model/layers/two-branches.ts';
import type { MergedEntry, Unread } from '../../model/layers/union.ts';
import { printable } from '../../present/printable.ts';
import { unionTable } from '../../present/union-table.ts';
import { changeFile, deleteFile } from '../../runtime/union/write-through.ts';
import { isPipedInput } from '../../standard-streams.ts';
import type { Output } from '../output.ts';
import type { ShownUnion } from './union-program.ts';
import { legend, painted } from './union-text.ts';

/** Of a larger tree the beginning is printed. */
const MOST_ENTRIES = 200;

/** The whole lesson at once, for where nobody sits: what the union is, a change, a deletion. */
export async function tellLesson(shown: ShownUnion, output: Output): Promise<void> {
  const { mounted, list } = shown;
  const merged = mounted.reachable.merged;
  const again = ({ name }: MergedEntry) =>
    tableOf(
      list(MOST_ENTRIES).entries.filter(({ depth, entry }) => depth === 0 && entry.name === name),
      output,
    );
  const entries = tellUnion(shown, '1. A + B = C', output);
  const { change, remove } = untouchedFiles(entries, shown.spec.user);
  output.write('\n2. A change in C: the file is copied to the writable branch, in memory, and the copy is changed\n\n');
  output.write(
    change === null ? 'There is no small file of yours at the top to change.\n' : written(changeFile, change),
  );
  output.write('\n3. A deletion in C: a whiteout in the writable branch hides what is below it\n\n');
  output.write(remove === null ? 'There is no other file at the top to delete.\n' : written(deleteFile, remove));
  output.write('\nA and B are as they were: whatever is written to C is in the writable branch, which is gone now.\n');
  await output.drained();

  function written(write: (merged: string, name: string) => string | null, entry: MergedEntry): string {
    const refused = write(merged, entry.name);
    return refused === null ? again(entry) : `${printable(entry.name)} cannot be written here: ${refused}.\n`;
  }
}

/**
 * The union as it is, for whoever uses it by its directory: it stays until it is ended by a signal or by the end of a
 * pipe that is the standard input, or is gone before.
 */
export async function standThere(shown: ShownUnion, output: Output): Promise<'ended' | 'gone'> {
  tellUnion(shown, 'A + B = C', output);
  output.write(
    '\nIt stays until this command gets SIGINT or SIGTERM, or its standard input, where that is a pipe, ends.\n',
  );
  await output.drained();
  const gone = shown.mounted.ended.then(() => 'gone' as const);
  if (!isPipedInput()) {
    return gone;
  }
  const { stdin } = process;
  const ended = new Promise<'ended'>((resolve) => stdin.once('close', () => resolve('ended')).resume());
  try {
    return await Promise.race([ended, gone]);
  } finally {
    stdin.destroy();
  }
}

function tellUnion(shown: ShownUnion, title: string, output: Output): readonly ListedEntry[] {
  const { entries, more, unread } = shown.list(MOST_ENTRIES);
  output.notices(unread.map(noticeOf));
  output.write(`${legend(shown).join('\n')}\n\n${title}\n\n${tableOf(entries, output)}`);
  output.write(more ? `… the first ${MOST_ENTRIES} entries\n` : '');
  return entries;
}

function tableOf(rows: readonly ListedEntry[], output: Output): string {
  return unionTable(rows, output.columns)
    .map((line) => `${painted(line, output).trimEnd()}\n`)
    .join('');
}

function noticeOf({ path, failure }: Unread) {
  const code = 'code' in failure ? failure.code : failure.status;
  return { path, code, message: `it cannot be read (${code})`, remedy: null };
}
