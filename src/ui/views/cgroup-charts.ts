import { ageOf, bucketsOf } from '../../model/history/buckets.ts';
import type { Figure } from '../../model/history/figures.ts';
import { SLOTS, type Track } from '../../model/history/track.ts';
import { formatBytes, formatCores, formatPercent } from '../../present/units.ts';
import { chartRows, dotsIn, type Layer, secondsPerDot } from '../charts/chart.ts';
import type { Row, Tone } from '../rows.ts';
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

const PIDS: readonly Kind[] = [
  ['pids', 'line', 'threads', 'accent'],
  ['pidsLimit', 'limit', 'limit', 'warn'],
];

const IO: readonly Kind[] = [['ioBytes', 'line', 'read and written per second', 'accent']];

const NET: readonly Kind[] = [['netBytes', 'line', 'in and out per second', 'accent']];

const PRESSURE: readonly Kind[] = [
  ['cpuPressure', 'line', 'cpu', 'accent'],
  ['memoryPressure', 'line', 'memory', 'bad'],
  ['ioPressure', 'line', 'io', 'good'],
];

const rate = (bytes: number) => `${formatBytes(Math.round(bytes))}/s`;

/** Threads, with the limit as it was then. */
export function pidsChart(context: CgroupContext): readonly FigureLine[] {
  return lowChart(context, PIDS, (count) => String(Math.round(count)));
}

export function ioChart(context: CgroupContext): readonly FigureLine[] {
  return lowChart(context, IO, rate);
}

/** How much of the time something of it waited, over ten seconds each. */
export function pressureChart(context: CgroupContext): readonly FigureLine[] {
  return lowChart(context, PRESSURE, formatPercent);
}

/** What its network namespace moved; none while nothing did. */
export function networkChart(track: Track, width: number, lines: number): readonly Row[] {
  return hasMoved(track, NET) ? drawn(track, NET, { width, lines }, rate) : [];
}

/** For what is seldom looked at: half as high, and none while there is nothing to see. */
function lowChart(
  context: CgroupContext,
  kinds: readonly Kind[],
  label: (value: number) => string,
): readonly FigureLine[] {
  const { track, width, lines } = context;
  return track === null || !hasMoved(track, kinds)
    ? []
    : plain(drawn(track, kinds, { width, lines: Math.ceil(lines / 2) }, label));
}

function hasMoved(track: Track, kinds: readonly Kind[]): boolean {
  return kinds.some(([figure, kind]) => {
    const [most] = kind === 'limit' ? [] : bucketsOf(track, figure, SLOTS, 2).high.filter((value) => value > 0);
    return most !== undefined;
  });
}

function chartOf(
  context: CgroupContext,
  kinds: readonly Kind[],
  label: (value: number) => string,
): readonly FigureLine[] {
  const { track, width, lines } = context;
  return track === null ? [] : plain(drawn(track, kinds, { width, lines }, label));
}

type Room = { readonly width: number; readonly lines: number };

function drawn(
  track: Track,
  kinds: readonly Kind[],
  { width, lines }: Room,
  label: (value: number) => string,
): readonly Row[] {
  const dots = dotsIn(width);
  const seconds = secondsPerDot(ageOf(track), dots);
  const layers = kinds.map(([figure, kind, name, tone]) => layer(track, figure, { kind, name, tone }, seconds, dots));
  return chartRows({ width, height: lines, layers, seconds: seconds * dots, label });
}

function layer(track: Track, figure: Figure, style: Omit<Layer, 'buckets'>, seconds: number, dots: number): Layer {
  return { ...style, buckets: bucketsOf(track, figure, seconds, dots) };
}
