import type { Cgroup } from '../../model/document/cgroup.ts';
import type { Rates } from '../../model/snapshot.ts';
import { formatBytes, formatCount, formatLimit, pendingIf } from '../../present/units.ts';
import { bold, type Row, span } from '../rows.ts';
import { ioChart } from './cgroup-charts.ts';
import { type CgroupContext, type FigureLine, figure, keyed, plain } from './cgroup-figures.ts';
import { dotted, field, VALUE_START } from './fields.ts';

/** Block devices: rates now, what it moved in all and by device, and the rates that it may not exceed. */
export function ioRows(context: CgroupContext, rates: Rates | null): readonly FigureLine[] {
  const { io } = context.cgroup;
  const rate = (value: number | null | undefined, counter: number | null) =>
    value === null || value === undefined ? pendingIf(counter) : `${formatBytes(Math.round(value))}/s`;
  const title: Row = [
    bold(` ${'IO'.padEnd(VALUE_START - 2)} `, 'accent'),
    ...dotted(
      span(`read ${rate(rates?.readBytes, io.readBytes)}`),
      span(`write ${rate(rates?.writeBytes, io.writeBytes)}`),
    ),
  ];
  return [
    ...plain([[], title]),
    ...ioChart(context),
    figure(
      context,
      'in all',
      dotted(
        span(`read ${formatBytes(io.readBytes)} in ${formatCount(io.readOps)}`),
        span(`write ${formatBytes(io.writeBytes)} in ${formatCount(io.writeOps)}`),
      ),
      'io.readBytes',
    ),
    ...io.devices.flatMap((device) =>
      keyed(
        [
          field(
            device.device,
            ...dotted(span(`read ${formatBytes(device.readBytes)}`), span(`write ${formatBytes(device.writeBytes)}`)),
          ),
        ],
        `io.device:${device.device}`,
      ),
    ),
    figure(context, 'read limit', limitsOf(io, 'readBytesPerSecond', 'readOpsPerSecond'), 'io.readLimit', 'io.limits'),
    figure(
      context,
      'write limit',
      limitsOf(io, 'writeBytesPerSecond', 'writeOpsPerSecond'),
      'io.writeLimit',
      'io.limits',
    ),
  ];
}

type IoLimits = Cgroup['io']['limits'][number];

/** Of each device that has one. */
function limitsOf(
  { limits }: Cgroup['io'],
  bytes: 'readBytesPerSecond' | 'writeBytesPerSecond',
  operations: 'readOpsPerSecond' | 'writeOpsPerSecond',
): Row {
  const texts = limits.flatMap((each: IoLimits) => {
    const rates = [
      ...(each[bytes] === 'max' ? [] : [`${formatLimit(each[bytes], formatBytes)}/s`]),
      ...(each[operations] === 'max' ? [] : [`${formatLimit(each[operations], String)} operations/s`]),
    ];
    return rates.length === 0 ? [] : [span(`${each.device} ${rates.join(', ')}`)];
  });
  return texts.length === 0 ? [span('max', 'dim')] : dotted(...texts);
}
