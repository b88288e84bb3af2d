import type { Pressure } from '../../model/document/cgroup.ts';
import type { Container } from '../../model/document/container.ts';
import type { Track } from '../../model/history/history.ts';
import type { Rates } from '../../model/snapshot.ts';
import { formatBytes, formatCount, formatLimit, formatPercent, pendingIf, UNKNOWN } from '../../present/units.ts';
import { bold, type Row, type Size, span } from '../rows.ts';
import { cpuRows } from './cgroup-cpu.ts';
import { type CgroupContext, figure, head, limitValue, ownPaths } from './cgroup-figures.ts';
import { memoryRows } from './cgroup-memory.ts';
import { quiet } from './containers.ts';
import { dotted, field, textField, VALUE_START } from './fields.ts';
import { unreadRows } from './unread.ts';

/** Terminals from so many lines on have room for tall charts. */
const TALL = 40;

/** Limits beside live use, one controller after the other; on the right the file behind each figure. */
export function cgroupRows(
  container: Container,
  rates: Rates | null,
  track: Track | null,
  { columns: width, rows }: Size,
): readonly Row[] {
  const { cgroup, processes } = container;
  if (cgroup === null) {
    return unreadRows(container, 'its cgroup', false, width);
  }
  const context = { cgroup, width, lines: rows >= TALL ? 7 : 3, processes, track };
  return [
    ...cpuRows(context),
    ...memoryRows(context),
    ...pidsRows(context),
    ...ioRows(context, rates),
    ...pressureRows(context),
    ...pathRows(context),
  ];
}

function pidsRows(context: CgroupContext): readonly Row[] {
  const { current, limit, limitedBy } = context.cgroup.pids;
  const percent = typeof limit === 'number' && current !== null ? (current * 100) / Math.max(1, limit) : null;
  return [
    ...head('PIDS', percent, context),
    figure(context, 'threads', [quiet(formatCount(current))], 'pids.current'),
    figure(context, 'limit', limitValue(limit, limitedBy, String, ownPaths(context)), 'pids.limit'),
  ];
}

function ioRows(context: CgroupContext, rates: Rates | null): readonly Row[] {
  const { io } = context.cgroup;
  const rate = (value: number | null | undefined, counter: number | null) =>
    value === null || value === undefined ? pendingIf(counter) : `${formatBytes(Math.round(value))}/s`;
  return [
    [],
    [
      bold(` ${'IO'.padEnd(VALUE_START - 2)} `, 'accent'),
      ...dotted(
        span(`read ${rate(rates?.readBytes, io.readBytes)}`),
        span(`write ${rate(rates?.writeBytes, io.writeBytes)}`),
      ),
    ],
    figure(
      context,
      'in all',
      dotted(
        span(`read ${formatBytes(io.readBytes)} in ${formatCount(io.readOps)}`),
        span(`write ${formatBytes(io.writeBytes)} in ${formatCount(io.writeOps)}`),
      ),
      'io.readBytes',
    ),
    ...io.devices.map((device) =>
      field(
        device.device,
        ...dotted(span(`read ${formatBytes(device.readBytes)}`), span(`write ${formatBytes(device.writeBytes)}`)),
      ),
    ),
    ...io.limits.map((limits) =>
      field(
        'limit',
        ...dotted(
          span(limits.device),
          span(`read ${formatLimit(limits.readBytesPerSecond, formatBytes)}/s`),
          span(`write ${formatLimit(limits.writeBytesPerSecond, formatBytes)}/s`),
          span(
            `ops ${formatLimit(limits.readOpsPerSecond, String)}/${formatLimit(limits.writeOpsPerSecond, String)}`,
            'dim',
          ),
        ),
      ),
    ),
  ];
}

function pressureRows(context: CgroupContext): readonly Row[] {
  const { pressure } = context.cgroup;
  const title = bold(` ${'PRESSURE'.padEnd(VALUE_START - 2)} `, 'accent');
  if (pressure === null) {
    return [[], [title, span('this hierarchy has none', 'dim')]];
  }
  return [
    [],
    [title, span('waiting in the last 10 s, 60 s, 300 s', 'dim')],
    ...(['cpu', 'memory', 'io'] as const).map((resource) =>
      figure(context, resource, pressureValue(pressure[resource]), `pressure.${resource}`),
    ),
  ];
}

function pressureValue(pressure: Pressure | null): Row {
  const line = (word: string, part: Pressure['some'] | undefined) =>
    part === null || part === undefined
      ? null
      : span(
          `${word} ${[part.avg10, part.avg60, part.avg300].map(formatPercent).join(' ')}`,
          (part.avg10 ?? 0) >= 10 ? 'warn' : undefined,
        );
  return pressure === null ? [span(UNKNOWN, 'dim')] : dotted(line('some', pressure.some), line('full', pressure.full));
}

function pathRows({ cgroup, width }: CgroupContext): readonly Row[] {
  const controllers = Map.groupBy(Object.entries(cgroup.paths), ([, path]) => path);
  return [
    [],
    [
      bold(` ${'GROUP'.padEnd(VALUE_START - 2)} `, 'accent'),
      span(`cgroup v${cgroup.version}, ${cgroup.layout} layout`),
    ],
    ...Array.from(controllers).flatMap(([path, entries]) => [
      ...textField('path', path, width),
      ...textField('', entries.map(([controller]) => controller).join(' '), width, 'dim'),
    ]),
    ...(cgroup.frozen === true ? [field('frozen', span('yes: nothing in it runs', 'warn'))] : []),
    ...cgroup.warnings.flatMap((warning) => textField('note', warning, width, 'warn')),
  ];
}
