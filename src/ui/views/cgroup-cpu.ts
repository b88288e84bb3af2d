import { printable } from '../../present/printable.ts';
import {
  formatCores,
  formatCount,
  formatDuration,
  formatLimit,
  formatPercent,
  pendingIf,
  UNKNOWN,
} from '../../present/units.ts';
import { type Row, span, type Tone } from '../rows.ts';
import { type CgroupContext, figure, head, limitValue, ownPaths } from './cgroup-figures.ts';
import { quiet } from './containers.ts';
import { dotted } from './fields.ts';

/** CPU time: use, limit, how often it was held back. */
export function cpuRows(context: CgroupContext): readonly Row[] {
  const { cpu } = context.cgroup;
  const cores = cpu.usageCores === null ? pendingIf(cpu.usageUs) : `${formatCores(cpu.usageCores)} cores`;
  const throttled = cpu.throttledPercent;
  const tone: Tone | undefined = (throttled ?? 0) > 0 ? 'warn' : undefined;
  return [
    ...head('CPU', typeof cpu.limitCores === 'number' ? (cpu.ofLimitPercent ?? 0) : null, context),
    figure(context, 'use', [quiet(cores)], 'cpu.usageUs'),
    figure(
      context,
      'limit',
      limitValue(cpu.limitCores, cpu.limitedBy, (limit) => `${formatCores(limit)} cores`, ownPaths(context)),
      'cpu.limitCores',
    ),
    figure(
      context,
      'quota',
      dotted(
        span(
          `${formatLimit(cpu.quotaUs, formatMs)} of each ${cpu.periodUs === null ? UNKNOWN : formatMs(cpu.periodUs)}`,
        ),
        (cpu.burstUs ?? 0) > 0 ? span(`burst ${formatMs(cpu.burstUs ?? 0)}`) : null,
      ),
      'cpu.quotaUs',
    ),
    figure(
      context,
      'throttled',
      dotted(
        span(throttled === null ? pendingIf(cpu.periods) : `${formatPercent(throttled)} of periods`, tone),
        span(`${formatCount(cpu.throttledPeriods)} of ${formatCount(cpu.periods)} in all`, 'dim'),
        cpu.throttledUs === null ? null : span(`${formatDuration(cpu.throttledUs / 1_000_000)} lost`, 'dim'),
      ),
      'cpu.throttledPeriods',
    ),
    cpu.weight === null
      ? figure(context, 'shares', [span(formatCount(cpu.shares))], 'cpu.shares')
      : figure(context, 'weight', [span(formatCount(cpu.weight))], 'cpu.weight'),
    figure(context, 'cpuset', [span(printable(cpu.cpus ?? UNKNOWN))], 'cpu.cpus'),
  ];
}

function formatMs(microseconds: number): string {
  return `${Number((microseconds / 1000).toFixed(1))} ms`;
}
