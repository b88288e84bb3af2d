import { flatMapReading, gone, type Reading } from '../../model/reading.ts';
import type { Host } from '../host.ts';

export type Parse<T> = (text: string, path: string) => Reading<T>;

/** One file, parsed. `read` answers as of the board's last refresh. */
export type Slot<T> = { readonly file: string; read(): Reading<T> };

/** The files of one container. */
export type FileSet = {
  /** Puts a file on the board; a file that is there already is shared, and parsed once for all who parse it alike. */
  slot<T>(file: string, parse: Parse<T>): Slot<T>;
  /** Says that the group is gone: every slot answers so from now on, also of files that were never opened in time. */
  end(): void;
  /** Takes its files off the board, but for those that others share. */
  release(): void;
};

/** All files of all containers, read together in one call per tick: an ancestor's file once, not once per container. */
export type Board = {
  fileSet(): FileSet;
  refresh(): void;
};

type Entry = {
  readonly file: string;
  reading: Reading<string>;
  users: number;
  readonly parsed: Map<Parse<unknown>, { text: string; result: Reading<unknown> }>;
};

export function openBoard(host: Host): Board {
  const entries = new Map<string, Entry>();
  let order: readonly Entry[] | null = null;
  let paths: readonly string[] = [];

  function entryOf(file: string): Entry {
    const known = entries.get(file);
    if (known !== undefined) {
      return known;
    }
    const unread: Reading<string> = { status: 'unsupported', path: file, code: 'ENOENT' };
    const entry = { file, reading: unread, users: 0, parsed: new Map() };
    entries.set(file, entry);
    order = null;
    return entry;
  }

  function fileSet(): FileSet {
    const mine = new Set<Entry>();
    let ended = false;
    return {
      slot<T>(file: string, parse: Parse<T>): Slot<T> {
        const entry = entryOf(file);
        if (!mine.has(entry)) {
          mine.add(entry);
          entry.users += 1;
        }
        return { file, read: () => (ended ? gone : parsedOnce(entry, parse)) };
      },
      end(): void {
        ended = true;
      },
      release(): void {
        const unused: string[] = [];
        for (const entry of mine) {
          entry.users -= 1;
          if (entry.users === 0) {
            entries.delete(entry.file);
            unused.push(entry.file);
          }
        }
        mine.clear();
        order = null;
        host.forget(unused);
      },
    };
  }

  function refresh(): void {
    if (order === null) {
      order = [...entries.values()];
      paths = order.map((entry) => entry.file);
    }
    const readings = host.readKept(paths);
    for (const [index, entry] of order.entries()) {
      entry.reading = readings[index] ?? entry.reading;
    }
  }

  return { fileSet, refresh };
}

/** Most files say the same as at the tick before. */
function parsedOnce<T>(entry: Entry, parse: Parse<T>): Reading<T> {
  return flatMapReading(entry.reading, (text) => {
    const known = entry.parsed.get(parse);
    if (known?.text === text) {
      // Only this very function wrote it.
      return known.result as Reading<T>;
    }
    const result = parse(text, entry.file);
    entry.parsed.set(parse, { text, result });
    return result;
  });
}
