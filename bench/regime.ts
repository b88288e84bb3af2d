import { setTimeout } from 'node:timers/promises';
import { run } from '../test/support/command.ts';
import { median } from './measure.ts';

/** Something that is measured, and the files that it must read when the kernel has forgotten them. */
export type Measured = {
  readonly files: readonly string[];
  readonly take: () => number | Promise<number>;
};

/** What a machine was doing before each measure. */
export type Regime = {
  readonly name: string;
  readonly rounds: number;
  readonly before: (measured: Measured) => Promise<void>;
};

/** One start after the other: the kernel still tears down the one before, and its locks are warm. */
const backToBack: Regime = { name: 'back to back', rounds: 15, before: async () => {} };

/** After a pause, as a person starts things: the first process that joins a group waits for a grace period again. */
export const rested: Regime = { name: 'after a rest', rounds: 15, before: () => setTimeout(50) };

/**
 * The pages of its programs and of the root are forgotten (posix_fadvise(2), DONTNEED), one by one rather than all of
 * the machine's. Those that another process has mapped stay: of Node, which runs this, nothing is forgotten.
 */
const cold: Regime = {
  name: 'from disk',
  rounds: 7,
  before: async ({ files }) => {
    for (const file of files) await run('dd', `if=${file}`, 'iflag=nocache', 'count=0', 'status=none');
    await setTimeout(50);
  },
};

export const regimes: readonly Regime[] = [backToBack, rested, cold];

/** Medians of each, in turns, so that whatever else the machine does falls on all of them alike; the order changes. */
export async function inTurns<Name extends string>(
  { rounds, before }: Regime,
  measures: { readonly [name in Name]: Measured },
): Promise<{ readonly [name in Name]: number }> {
  const names = Object.keys(measures) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (let at = 0; at < names.length; at++) {
      const name = names[(at + round) % names.length] as Name;
      await before(measures[name]);
      times.get(name)?.push(await measures[name].take());
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as { [name in Name]: number };
}
