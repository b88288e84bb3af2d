import { ageOf, bucketsOf } from '../../model/history/buckets.ts';
import type { Figure } from '../../model/history/figures.ts';
import type { Track } from '../../model/history/history.ts';
import { formatBytes, formatCores } from '../../present/units.ts';
import { chartRows, dotsIn, type Layer, secondsPerDot } from '../charts/chart.ts';
import type { Tone } from '../rows.ts';
import { type CgroupContext, type FigureLine, plain } from './cgroup-figures.ts';

type Kind = readonly [figure: Figure, kind: Layer['kind'], name: string, tone: Tone];

const CPU: readonly Kind[] = [
  ['cpuCores', 'line', 'cores', 'accent'],
  ['cpuLimitCores', 'limit', 'limit', 'warn'],
];

const MEMORY: readonly Kind[] = [
  ['anonBytes', 'area', 'anon', 'accent'],
  ['fileBytes', 'area', 'file', 'good'],
  ['memoryLimitBytes', 'limit', 'limit', 'warn'],
];

/** CPU time of the last minutes, with the limit as it was then. */
export function cpuChart(context: CgroupContext): readonly FigureLine[] {
  return chartOf(context, CPU, formatCores);
}

/** Anonymous memory and file pages on it, with the limit as it was then. */
export function memoryChart(context: CgroupContext): readonly FigureLine[] {
  return chartOf(context, MEMORY, (bytes) => formatBytes(Math.round(bytes)));
}

function chartOf(
  context: CgroupContext,
  kinds: readonly Kind[],
  label: (value: number) => string,
): readonly FigureLine[] {
  const { track, width, lines } = context;
  if (track === null) {
    return [];
  }
  const dots = dotsIn(width);
  const seconds = secondsPerDot(ageOf(track), dots);
  const layers = kinds.map(([figure, kind, name, tone]) => layer(track, figure, { kind, name, tone }, seconds, dots));
  return plain(chartRows({ width, height: lines, layers, seconds: seconds * dots, label }));
}

function layer(track: Track, figure: Figure, style: Omit<Layer, 'buckets'>, seconds: number, dots: number): Layer {
  return { ...style, buckets: bucketsOf(track, figure, seconds, dots) };
}
