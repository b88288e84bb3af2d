import type { Pressure } from '../../model/document/cgroup.ts';
import { formatPercent, UNKNOWN } from '../../present/units.ts';
import { bold, type Row, span } from '../rows.ts';
import { pressureChart } from './cgroup-charts.ts';
import { type CgroupContext, type FigureLine, figure, plain } from './cgroup-figures.ts';
import { dotted, VALUE_START } from './fields.ts';

/** PSI: how much of the time something in it waited, where the kernel tells. */
export function pressureRows(context: CgroupContext): readonly FigureLine[] {
  const { pressure } = context.cgroup;
  const title = bold(` ${'PRESSURE'.padEnd(VALUE_START - 2)} `, 'accent');
  if (pressure === null) {
    const rootOfV2 = context.cgroup.version === 2 && context.cgroup.paths['unified'] === '/';
    return plain([
      [],
      [
        title,
        span(rootOfV2 ? 'the root group has none: /proc/pressure is the host’s' : 'this hierarchy has none', 'dim'),
      ],
    ]);
  }
  return [
    ...plain([[], [title, span('waiting in the last 10 s, 60 s, 300 s', 'dim')]]),
    ...pressureChart(context),
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
