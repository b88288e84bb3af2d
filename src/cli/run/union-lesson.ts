import type { ListedEntry } from '../../model/layers/list-union.ts';
import { untouchedFiles } from '../../model/layers/two-branches.ts';
import type { MergedEntry, Unread } from '../../model/layers/union.ts';
import { printable } from '../../present/printable.ts';
import { unionTable } from '../../present/union-table.ts';
import { changeFile, deleteFile } from '../../runtime/union/write-through.ts';
import type { Output } from '../output.ts';
import type { ShownUnion } from './union-program.ts';
import { legend, painted } from './union-text.ts';

/** Of a larger tree the beginning is printed. */
const MOST_ENTRIES = 200;

/** The whole lesson at once, for where nobody sits: what the union is, a change, a deletion. */
export async function tellLesson(shown: ShownUnion, output: Output): Promise<void> {
  const { mounted, list } = shown;
  const merged = mounted.reachable.merged;
  const { entries, more, unread } = list(MOST_ENTRIES);
  const table = (rows: readonly ListedEntry[]) =>
    unionTable(rows, output.columns)
      .map((line) => `${painted(line, output).trimEnd()}\n`)
      .join('');
  const again = ({ name }: MergedEntry) =>
    table(list(MOST_ENTRIES).entries.filter(({ depth, entry }) => depth === 0 && entry.name === name));
  output.notices(unread.map(noticeOf));
  output.write(`${legend(shown).join('\n')}\n\n1. A + B = C\n\n${table(entries)}`);
  output.write(more ? `… the first ${MOST_ENTRIES} entries\n` : '');
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

function noticeOf({ path, failure }: Unread) {
  const code = 'code' in failure ? failure.code : failure.status;
  return { path, code, message: `it cannot be read (${code})`, remedy: null };
}
