import { gone, type Reading } from '../../model/reading.ts';
import type { Steps } from '../../model/steps.ts';
import type { Host } from '../host.ts';

export type Parse<T> = (text: string, path: string) => Reading<T>;

/** One file, parsed. `read` answers as of the board's last refresh. */
export type Slot<T> = { readonly file: string; read(): Reading<T> };

/**
 * `tick`: counters, read at every refresh. `setting`: what only an administrator changes, and counts that stay the same
 * for hours; where there are many, each refresh reads some of them in turn.
 */
export type Pace = 'tick' | 'setting';

/** The files of one container. */
export type FileSet = {
  /** Puts a file on the board; a file that is there already is shared, and parsed once for all who parse it alike. */
  slot<T>(file: string, parse: Parse<T>, pace?: Pace): Slot<T>;
  /** CLOCK_MONOTONIC of when a file was last read: the midpoint of before and after. Of any file, where it has none. */
  readAtUs(file: string | null): number;
  /** Grows whenever a file says something else than at the refresh before. */
  changes(): number;
  /** Says that the group is gone: every slot answers so from now on, also of files that were never opened in time. */
  end(): void;
  /** Its settings too are read at the next refresh, whosever turn it is. */
  hasten(): void;
  /** Takes its files off the board, but for those that others share. */
  release(): void;
};

/** So many settings are read per refresh: at 1.5 µs each they cost less than a millisecond. */
const SETTINGS_PER_REFRESH = 400;
/** So many files are read between two steps: a few milliseconds. */
const CHUNK = 800;

/** And none is older than so many refreshes. */
const MAX_TURNS = 8;

/** All files of all containers, read together in one call per tick: an ancestor's file once, not once per container. */
export type Board = {
  /** With `only`, files of other names are not read: their slots say so. */
  fileSet(only: ReadonlySet<string> | null): FileSet;
  refresh(): Steps<void>;
};

type Entry = {
  readonly file: string;
  /** The container that asked first: its settings are read in one refresh, so that they fit each other. */
  readonly set: number;
  pace: Pace;
  reading: Reading<string> | null;
  readAtUs: number;
  changes: number;
  users: number;
  /** One for each way in which it is parsed, which is one as a rule: a list of them would be most of the entry. */
  parsed: Parsed | null;
};

type Parsed = {
  readonly parse: Parse<unknown>;
  of: Reading<string>;
  result: Reading<unknown>;
  readonly next: Parsed | null;
};

export function openBoard(host: Host): Board {
  const entries = new Map<string, Entry>();
  let batches: readonly (readonly Entry[])[] | null = null;
  const hastened = new Set<Entry>();
  let sets = 0;
  let turn = 0;

  function entryOf(file: string, set: number, pace: Pace): Entry {
    const known = entries.get(file);
    if (known !== undefined) {
      if (pace === 'tick' && known.pace !== pace) {
        known.pace = pace;
        batches = null;
      }
      return known;
    }
    const entry = { file, set, pace, reading: null, readAtUs: 0, changes: 0, users: 0, parsed: null };
    entries.set(file, entry);
    batches = null;
    return entry;
  }

  function fileSet(only: ReadonlySet<string> | null): FileSet {
    const mine = new Set<Entry>();
    let ended = false;
    sets += 1;
    const number = sets;
    return {
      slot<T>(file: string, parse: Parse<T>, pace: Pace = 'tick'): Slot<T> {
        if (only !== null && !only.has(file.slice(file.lastIndexOf('/') + 1))) {
          return { file, read: () => ({ status: 'unsupported', path: file, code: 'ENODATA' }) };
        }
        const entry = entryOf(file, number, pace);
        if (!mine.has(entry)) {
          mine.add(entry);
          entry.users += 1;
        }
        return { file, read: () => (ended ? gone : parsedOnce(entry, parse)) };
      },
      readAtUs: (file) => {
        const [first] = mine;
        return (file === null ? first : (entries.get(file) ?? first))?.readAtUs ?? 0;
      },
      changes(): number {
        let sum = 0;
        for (const { changes } of mine) {
          sum += changes;
        }
        return sum;
      },
      end(): void {
        ended = true;
      },
      hasten(): void {
        for (const entry of mine) {
          hastened.add(entry);
        }
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
        batches = null;
        host.forget(unused);
      },
    };
  }

  function makeBatches(): readonly (readonly Entry[])[] {
    const all = [...entries.values()];
    const settings = all.filter(({ pace }) => pace === 'setting').length;
    const turns = Math.min(MAX_TURNS, Math.max(1, Math.ceil(settings / SETTINGS_PER_REFRESH)));
    return Array.from({ length: turns }, (_, index) => {
      return all.filter(({ pace, set }) => pace === 'tick' || set % turns === index);
    });
  }

  function* refresh(): Steps<void> {
    let unread: readonly Entry[] = [];
    if (batches === null) {
      batches = makeBatches();
      unread = [...entries.values()].filter(({ reading }) => reading === null);
    }
    turn += 1;
    const due = [...new Set([...(batches[turn % batches.length] ?? []), ...unread, ...hastened])];
    hastened.clear();
    for (let start = 0; start < due.length; start += CHUNK) {
      readTogether(due.slice(start, start + CHUNK));
      yield;
    }
  }

  function readTogether(chunk: readonly Entry[]): void {
    const before = host.monotonicUs();
    const readings = host.readKept(chunk.map(({ file }) => file));
    const readAtUs = (before + host.monotonicUs()) / 2;
    for (const [index, entry] of chunk.entries()) {
      entry.readAtUs = readAtUs;
      const reading = readings[index] ?? null;
      if (!isSame(reading, entry.reading)) {
        entry.reading = reading;
        entry.changes += 1;
      }
    }
  }

  return { fileSet, refresh };
}

function isSame(some: Reading<string> | null, other: Reading<string> | null): boolean {
  return some === other || (some?.status === 'ok' && other?.status === 'ok' && some.value === other.value);
}

/** Most files say the same as at the tick before: then they are not parsed again. */
function parsedOnce<T>(entry: Entry, parse: Parse<T>): Reading<T> {
  const { reading, file } = entry;
  if (reading?.status !== 'ok') {
    return reading ?? { status: 'unsupported', path: file, code: 'ENOENT' };
  }
  let known = entry.parsed;
  while (known !== null && known.parse !== parse) {
    known = known.next;
  }
  if (known?.of === reading) {
    // Only this very function wrote it.
    return known.result as Reading<T>;
  }
  const result = parse(reading.value, file);
  if (known === null) {
    entry.parsed = { parse, of: reading, result, next: entry.parsed };
  } else {
    known.of = reading;
    known.result = result;
  }
  return result;
}
