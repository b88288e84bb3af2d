import type { Problem } from '../document/problem.ts';
import { problemOf } from '../problem.ts';
import type { Reading } from '../reading.ts';
import type { Chain, ChainLink, Figure } from './sample.ts';

/** The figure's name in the document, `memory.usageBytes`, or those of all that one file gives. */
type Names = string | readonly string[];

/** What is written down beside the figures: the file behind each, why one is unknown, what they do not say. */
export type Ledger = {
  readonly files: { [figure: string]: string };
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

export function openLedger(): Ledger {
  const files: { [figure: string]: string } = {};
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
      files[name] = file;
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
      files[name] = source.file;
    }
  }

  return {
    files,
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
