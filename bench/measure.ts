import { spawnSync } from 'node:child_process';
import { cleanEnvironment } from '../test/support/command.ts';

/** One line of the result: a figure of ours beside that of another program, or beside nothing where it stands alone. */
export type Row = {
  readonly what: string;
  readonly ours: number;
  readonly peer: { readonly name: string; readonly value: number } | null;
  readonly unit: 'ms' | '%' | 'MiB' | 'B';
  /** The largest ratio to the peer, or the largest figure where there is none; null: it is there to compare. */
  readonly target: number | null;
};

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The value below which this share of all lies; the nearest that was measured. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/**
 * Medians of things that are done one after the other, again and again, so that whatever else the machine does falls
 * on all of them alike. Each gives its milliseconds.
 */
export async function interleave(
  rounds: number,
  ...measures: readonly (() => number | Promise<number>)[]
): Promise<number[]> {
  const times = measures.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, measure] of measures.entries()) times[index]?.push(await measure());
  }
  return times.map(median);
}

/** Milliseconds that a call takes. */
export function timed(call: () => unknown): number {
  const start = performance.now();
  call();
  return performance.now() - start;
}

/** Milliseconds that a whole program takes; it must end well. */
export function timedProgram(file: string, ...args: readonly string[]): number {
  return timed(() => {
    const { status, stderr, error } = spawnSync(file, args, {
      env: cleanEnvironment,
      stdio: ['ignore', 'ignore', 'pipe'],
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${error?.message ?? stderr}`);
  });
}

/** One line per figure: ours, the peer's, the ratio, and what we want it to be at most. It judges nothing. */
export function formatRow({ what, ours, peer, unit, target }: Row): string {
  const figure = (value: number) => `${value.toPrecision(3)} ${unit}`;
  const beside = peer === null ? '' : ` · ${peer.name} ${figure(peer.value)} · ratio ${(ours / peer.value).toFixed(3)}`;
  const goal = target === null ? '' : ` · target ≤ ${peer === null ? figure(target) : Number(target.toFixed(3))}`;
  return `${what}: ${figure(ours)}${beside}${goal}`;
}
