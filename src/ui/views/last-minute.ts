import type { Container } from '../../model/document/container.ts';
import { bucketsOf } from '../../model/history/buckets.ts';
import type { Figure } from '../../model/history/figures.ts';
import type { Track } from '../../model/history/track.ts';
import { containerLabel } from '../../present/container-label.ts';
import { fitText } from '../../present/printable.ts';
import { formatBytesShort, formatCores } from '../../present/units.ts';
import { sparkline } from '../charts/sparkline.ts';
import { type Row, span, type Tone } from '../rows.ts';

const MINUTE = 60;
const LEAD = ' last minute ';
/** What a figure's words take beside its line, with the blanks before it. */
const WORDS = 17;

/** ` last minute  web  ▁▂▇▇ cpu peak 0.20  ▁▁▂▃ mem peak 22M`: each line from 0 to its own peak. Null where nothing is known. */
export function lastMinuteRow(container: Container, track: Track, width: number): Row | null {
  const nameWidth = width < 120 ? 12 : 24;
  const room = Math.floor((width - LEAD.length - nameWidth) / 2) - WORDS;
  const seconds = [1, 2, 3, 4, 5, 6].find((each) => MINUTE / each <= room) ?? null;
  if (seconds === null) {
    return null;
  }
  const drawn = (figure: Figure, word: string, tone: Tone, format: (value: number) => string): Row => {
    const { high } = bucketsOf(track, figure, seconds, MINUTE / seconds);
    const known = high.filter(Number.isFinite);
    const peak = Math.max(0, ...known);
    const says = ` ${word} peak ${format(peak)}`.padEnd(WORDS - 2);
    return known.length === 0 ? [] : [span('  '), span(sparkline(high, peak), tone), span(says, 'dim')];
  };
  const lines = [
    ...drawn('cpuCores', 'cpu', 'accent', formatCores),
    ...drawn('workingSetBytes', 'mem', 'good', (bytes) => formatBytesShort(Math.round(bytes))),
  ];
  const name = fitText(containerLabel(container), nameWidth);
  return lines.length === 0 ? null : [span(LEAD, 'dim'), span(name), ...lines];
}
