import { type MemoryPart, memoryParts } from '../../model/memory-parts.ts';
import { formatBytes, formatCores, formatPercent } from '../../present/units.ts';
import { shareTone } from '../bars.ts';
import { DONUT, GAUGE, ringRows, type Share, type Texture } from '../charts/ring.ts';
import { fitRow, type Row, span, type Tone } from '../rows.ts';
import { type CgroupContext, type FigureLine, plain } from './cgroup-figures.ts';

/** Columns that a ring takes beside a chart, with what it says and the blanks before it. */
export const RING_COLUMNS = 47;
const LINES = 9;
const NAME = 7;
const FIGURE = 9;

type Look = { readonly tone: Tone; readonly texture: Texture; readonly sample: string };

const LOOKS: { readonly [name in MemoryPart['name']]: Look } = {
  anon: { tone: 'accent', texture: 'full', sample: '⣿' },
  file: { tone: 'good', texture: 'half', sample: '⢕' },
  kernel: { tone: 'warn', texture: 'lines', sample: '⠭' },
  other: { tone: 'bad', texture: 'third', sample: '⢌' },
  free: { tone: 'dim', texture: 'rim', sample: '⠉' },
};

/** What the limit of the memory is spent on. */
export function memoryRing({ memory }: CgroupContext['cgroup']): readonly Row[] {
  const parts = memoryParts(memory);
  const whole = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  const shares = parts.map(
    ({ name, bytes }): Share => ({ ...LOOKS[name], part: bytes, letter: name === 'free' ? '' : name.slice(0, 1) }),
  );
  const free = parts.find(({ name }) => name === 'free');
  const used = free === undefined ? '' : formatPercent(((whole - free.bytes) * 100) / whole);
  const legend = parts
    .filter(({ name, bytes }) => name !== 'other' || bytes > 0)
    .flatMap(({ name, bytes, includes }) => [
      line(LOOKS[name], name, formatBytes(bytes), formatPercent((bytes * 100) / whole)),
      ...(includes.length === 0 ? [] : [[span('  '), span(`(with ${includes.join(', ')})`, 'dim')]]),
    ]);
  return beside(ringRows(LINES, shares, DONUT, used), legend);
}

/** What of the CPU time that it may have it takes; nothing where it may have all. */
export function cpuRing({ cpu }: CgroupContext['cgroup']): readonly Row[] {
  const { usageCores, limitCores, ofLimitPercent } = cpu;
  if (usageCores === null || typeof limitCores !== 'number' || ofLimitPercent === null) {
    return [];
  }
  const tone = shareTone(ofLimitPercent);
  const used = Math.min(usageCores, limitCores);
  const use = { tone, texture: 'full', sample: '⣿', part: used, letter: '' } as const;
  const left = { tone: 'dim', texture: 'rim', sample: '⠉', part: limitCores - used, letter: '' } as const;
  return beside(ringRows(LINES, [use, left], GAUGE, formatPercent(ofLimitPercent)), [
    line(use, 'use', formatCores(usageCores), 'cores'),
    line(left, 'left', formatCores(left.part), 'cores'),
    line(null, 'limit', formatCores(limitCores), 'cores'),
  ]);
}

function line(look: Pick<Look, 'tone' | 'sample'> | null, name: string, figure: string, says: string): Row {
  const sample = look === null ? span(' ') : span(look.sample, look.tone);
  return [
    sample,
    span(` ${name.padEnd(NAME)}`, 'dim'),
    span(figure.padStart(FIGURE)),
    span(` ${says.padStart(5)}`, 'dim'),
  ];
}

/** The lines of text stand beside the middle of the ring. */
function beside(ring: readonly Row[], legend: readonly Row[]): readonly Row[] {
  const start = Math.floor((LINES - legend.length) / 2);
  return ring.map((row, at) => [span('  '), ...row, span('  '), ...(legend[at - start] ?? [])]);
}

/** A ring beside a controller's title and chart, where these have so many lines. */
export function withRing(
  lines: readonly FigureLine[],
  ring: readonly Row[],
  { width, chart }: CgroupContext,
): readonly FigureLine[] {
  const [blank, ...rest] = lines;
  if (blank === undefined || chart.width === width || rest.length < LINES || ring.length === 0) {
    return lines;
  }
  const drawn = rest.map(({ row }, at) => [...fitRow(row, chart.width), ...(ring[at] ?? [])]);
  return [blank, ...plain(drawn)];
}
