import { ageOf, bucketsOf } from '../../model/history/buckets.ts';
import { changesOf } from '../../model/history/changes.ts';
import type { Figure } from '../../model/history/figures.ts';
import { SLOTS, type Track } from '../../model/history/track.ts';
import { clockTime } from '../../present/clock.ts';
import { formatBytes, formatCores, formatPercent, PENDING, UNKNOWN } from '../../present/units.ts';
import { AXIS, chartRows, dotsIn, type Layer } from '../charts/chart.ts';
import type { Mark } from '../charts/limit-line.ts';
import { dotOf, overDots, type TimeWindow, timeWindow, type Zoom } from '../charts/time-window.ts';
import { type Row, span, type Tone } from '../rows.ts';
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
  return chartOf(context, CPU, formatCores, context.cgroup.cpu.usageUs);
}

/** Anonymous memory and file pages on it, with the limit as it was then. */
export function memoryChart(context: CgroupContext): readonly FigureLine[] {
  return chartOf(context, MEMORY, (bytes) => formatBytes(Math.round(bytes)), context.cgroup.memory.anonBytes);
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
export function networkChart(track: Track, shown: Shown): readonly Row[] {
  return hasMoved(track, NET) ? drawn(track, NET, shown, rate) : [];
}

/** For what is seldom looked at: half as high, and none while there is nothing to see. */
function lowChart(
  context: CgroupContext,
  kinds: readonly Kind[],
  label: (value: number) => string,
): readonly FigureLine[] {
  const { track, chart } = context;
  return track === null || !hasMoved(track, kinds)
    ? []
    : plain(drawn(track, kinds, { ...chart, lines: Math.ceil(chart.lines / 2) }, label));
}

function hasMoved(track: Track, kinds: readonly Kind[]): boolean {
  return kinds.some(([figure, kind]) => {
    const [most] = kind === 'limit' ? [] : bucketsOf(track, figure, SLOTS, 2).high.filter((value) => value > 0);
    return most !== undefined;
  });
}

/** `figure`: what it is drawn from, as it is now. Without points there is no picture but a word why. */
function chartOf(
  { track, chart }: CgroupContext,
  kinds: readonly Kind[],
  label: (value: number) => string,
  figure: number | null,
): readonly FigureLine[] {
  const rows = track === null ? [] : drawn(track, kinds, chart, label);
  const why =
    figure === null ? `${UNKNOWN} no chart: this is not known` : `${PENDING} a chart begins with the next sample`;
  return plain(rows.length > 0 ? rows : [[span(`${' '.repeat(AXIS)}${why}`, 'dim')]]);
}

/** The room of a chart, the minutes in it, and the wall clock of its right end. */
export type Shown = { readonly width: number; readonly lines: number; readonly zoom: Zoom; readonly atMs: number };

function drawn(
  track: Track,
  kinds: readonly Kind[],
  { width, lines, zoom, atMs }: Shown,
  label: (value: number) => string,
): readonly Row[] {
  const window = timeWindow(zoom, ageOf(track), dotsIn(width));
  const { seconds, count } = window;
  const layers = kinds.map(
    ([figure, kind, name, tone]): Layer => ({
      kind,
      name,
      tone,
      buckets: overDots(bucketsOf(track, figure, seconds, count), window),
    }),
  );
  const marks = kinds.flatMap(([figure, kind]) =>
    kind === 'limit' ? marksOf(track, figure, window, atMs, label) : [],
  );
  return chartRows({ width, height: lines, layers, seconds: seconds * count, label, marks });
}

/** More of them would be a text beside the picture. */
const MOST_MARKS = 3;

/** `limit 0.20 → 0.50 at 12:04:10` */
function marksOf(
  track: Track,
  figure: Figure,
  window: TimeWindow,
  atMs: number,
  label: (value: number) => string,
): readonly Mark[] {
  const said = (value: number) => (Number.isFinite(value) ? label(value) : 'max');
  return changesOf(track, figure, window.seconds * (window.count - 1))
    .slice(-MOST_MARKS)
    .map(({ slot, from, to }) => ({
      dot: dotOf(slot, track.last, window),
      text: `limit ${said(from)} → ${said(to)} at ${clockTime(atMs - (track.last - slot) * 1000)}`,
    }));
}
