import type { Problem } from '../document/problem.ts';
import { problemOf } from '../problem.ts';
import type { Reading } from '../reading.ts';
import type { Chain, ChainLink, Figure } from './sample.ts';

/** The figure's name in the document, `memory.usageBytes`, or those of all that one file gives. */
type Names = string | readonly string[];

/** Figure → file, as the document has it. */
type Files = { [figure: string]: string };

/**
 * By the paths of a group's sample, which stay the same object from tick to tick: as a rule the files behind its figures
 * do so too, and thousands of them would be most of what a tick leaves behind.
 */
const lastFiles = new WeakMap<object, Files>();

/** What is written down beside the figures: the file behind each, why one is unknown, what they do not say. */
export type Ledger = {
  file(name: string, path: string): void;
  /** All files that were written down: the very object of the sample before where nothing is different. */
  readonly files: Files;
  readonly problems: Problem[];
  readonly warnings: string[];
  /** The figure's value. Null with a problem where it could not be read, without one where there is no such file. */
  value<T>(names: Names, figure: Figure<T>): T | null;
  /** As `value`, for what kernels may lack: that it is not there is no problem. */
  optional<T>(name: string, figure: Figure<T>): T | null;
  /** The file behind an effective limit, and why a link of its chain could not be read. */
  chain(name: string, links: Chain<ChainLink<unknown>>, limitedBy: string | null): void;
  problem(reading: Reading<unknown>, path: string): void;
};

/** `paths`: of the group's sample. */
export function openLedger(paths: object): Ledger {
  const files = new Map<string, string>();
  const problems = new Map<string, Problem>();

  function problem(reading: Reading<unknown>, path: string): void {
    const found = reading.status === 'ok' ? null : problemOf(reading, path);
    if (found !== null) {
      problems.set(found.path, found);
    }
  }

  function value<T>(names: Names, { reading, file }: Figure<T>): T | null {
    if (file === null) {
      return null;
    }
    if (reading.status !== 'ok') {
      problem(reading, file);
      return null;
    }
    for (const name of [names].flat()) {
      files.set(name, file);
    }
    return reading.value;
  }

  function optional<T>(name: string, figure: Figure<T>): T | null {
    return figure.reading.status === 'unsupported' ? null : value(name, figure);
  }

  function chain(name: string, links: Chain<ChainLink<unknown>>, limitedBy: string | null): void {
    const present = links?.filter((link) => link.reading.status !== 'unsupported') ?? [];
    for (const link of present.length > 0 ? present : (links ?? []).slice(0, 1)) {
      problem(link.reading, link.file);
    }
    const source = present.find((link) => link.path === limitedBy) ?? present[0];
    if (source?.reading.status === 'ok') {
      files.set(name, source.file);
    }
  }

  function filesAgain(): Files {
    const last = lastFiles.get(paths);
    if (last !== undefined && files.size === Object.keys(last).length && isAmong(files, last)) {
      return last;
    }
    const found = Object.fromEntries(files);
    lastFiles.set(paths, found);
    return found;
  }

  return {
    file: (name, path) => files.set(name, path),
    get files() {
      return filesAgain();
    },
    warnings: [],
    get problems() {
      return [...problems.values()];
    },
    value,
    optional,
    chain,
    problem,
  };
}

function isAmong(files: ReadonlyMap<string, string>, others: Files): boolean {
  for (const [name, file] of files) {
    if (others[name] !== file) {
      return false;
    }
  }
  return true;
}
