import type { OtherControllers } from '../../model/cgroup/look.ts';
import type { Container } from '../../model/document/container.ts';
import type { Track } from '../../model/history/track.ts';
import type { Rates } from '../../model/snapshot.ts';
import { formatCount, UNKNOWN } from '../../present/units.ts';
import { bold, type Row, type Size, select, span, wrap } from '../rows.ts';
import { type Body, textBody } from './body.ts';
import { pidsChart, type Shown } from './cgroup-charts.ts';
import { cpuRows } from './cgroup-cpu.ts';
import {
  type CgroupContext,
  type FigureLine,
  figure,
  head,
  keyed,
  limitValue,
  ownPaths,
  plain,
} from './cgroup-figures.ts';
import { ioRows } from './cgroup-io.ts';
import { memoryRows } from './cgroup-memory.ts';
import { otherRows } from './cgroup-others.ts';
import { pressureRows } from './cgroup-pressure.ts';
import { cpuRing, memoryRing, RING_COLUMNS } from './cgroup-rings.ts';
import { quiet } from './containers.ts';
import { field, textField, VALUE_START } from './fields.ts';
import { unreadRows } from './unread.ts';

/** Terminals from so many lines on have room for tall charts. */
const TALL = 40;
/** And from so many columns on for rings beside them; all charts then end where those begin, at one now. */
const WIDE = 160;

/**
 * Limits beside live use, one controller after the other; on the right the file behind each figure. Lines with a figure
 * can be selected: a limit is changed there.
 */
export function cgroupBody(
  container: Container,
  rates: Rates | null,
  track: Track | null,
  others: OtherControllers | null,
  { columns: width, rows }: Size,
  look: Pick<Shown, 'zoom' | 'atMs'>,
  isRecorded: boolean,
): Body {
  const { cgroup, processes } = container;
  if (cgroup === null) {
    return textBody(unreadRows(container, 'its cgroup', false, width));
  }
  const isTall = rows >= TALL;
  const hasRings = isTall && width >= WIDE && cpuRing(cgroup).length + memoryRing(cgroup).length > 0;
  const chart = { ...look, width: hasRings ? width - RING_COLUMNS : width, lines: isTall ? 7 : 3 };
  const context = { cgroup, width, chart, processes, track };
  const lines = [
    ...cpuRows(context),
    ...memoryRows(context),
    ...pidsRows(context),
    ...ioRows(context, rates),
    ...pressureRows(context),
    ...otherRows(context, others),
    ...groupRows(context),
    ...(isRecorded ? plain(notRecordedRows(width)) : []),
  ];
  return {
    head: [],
    count: lines.length,
    selectable: true,
    keyAt: (index) => lines[index]?.key ?? null,
    line: (index, selected) => drawn(lines[index]?.row ?? [], selected),
    columnAt: () => null,
    copyAt: (index) => lines[index]?.file ?? null,
  };
}

/** What costs the kernel more than all the rest of a sample, or is read for the eyes alone. */
function notRecordedRows(width: number): readonly Row[] {
  const text =
    'not recorded: PSS, for which the kernel walks all pages of a process; huge pages, rules of devices, the freezer and ' +
    'raw files, which are read when somebody looks';
  return [[], ...wrap(text, width - 2).map((line): Row => [span(' '), span(line, 'dim')])];
}

const MARK = '▸';

/** The mark stands in the blank that every line begins with. */
function drawn(row: Row, selected: boolean): Row {
  const [first, ...rest] = row;
  return selected && first !== undefined
    ? select([bold(MARK, 'accent'), { ...first, text: first.text.slice(1) }, ...rest])
    : row;
}

function pidsRows(context: CgroupContext): readonly FigureLine[] {
  const { current, limit, limitedBy } = context.cgroup.pids;
  const percent = typeof limit === 'number' && current !== null ? (current * 100) / Math.max(1, limit) : null;
  return [
    ...head('PIDS', limit, percent, UNKNOWN, context),
    ...pidsChart(context),
    figure(context, 'threads', [quiet(formatCount(current))], 'pids.current'),
    figure(context, 'limit', limitValue(limit, limitedBy, String, ownPaths(context)), 'pids.limit'),
  ];
}

function groupRows({ cgroup, width }: CgroupContext): readonly FigureLine[] {
  const controllers = Map.groupBy(Object.entries(cgroup.paths), ([, path]) => path);
  const title = bold(` ${'GROUP'.padEnd(VALUE_START - 2)} `, 'accent');
  return [
    ...plain([[], [title, span(`cgroup v${cgroup.version}, ${cgroup.layout} layout`)]]),
    ...Array.from(controllers).flatMap(([path, entries]) =>
      keyed(
        [
          ...textField('path', path, width),
          ...textField('', entries.map(([controller]) => controller).join(' '), width, 'dim'),
        ],
        `path:${path}`,
      ),
    ),
    ...(cgroup.frozen === true ? keyed([field('frozen', span('yes: nothing in it runs', 'warn'))], 'frozen') : []),
    ...cgroup.warnings.flatMap((warning) => keyed(textField('note', warning, width, 'warn'), `note:${warning}`)),
  ];
}
