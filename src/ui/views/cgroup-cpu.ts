import type { Cgroup } from '../../model/document/cgroup.ts';
import { isLateByBursts, type Throttling, throttlingOf } from '../../model/throttling.ts';
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
import { cpuChart } from './cgroup-charts.ts';
import {
  type CgroupContext,
  type FigureLine,
  figure,
  head,
  keyed,
  limitValue,
  ownPaths,
  rootReason,
} from './cgroup-figures.ts';
import { cpuRing, withRing } from './cgroup-rings.ts';
import { quiet } from './containers.ts';
import { dotted, textField } from './fields.ts';

/** CPU time: use, limit, how often it was held back and what that cost. */
export function cpuRows(context: CgroupContext): readonly FigureLine[] {
  const { cpu } = context.cgroup;
  const throttling = throttlingOf(cpu, context.track);
  const { wantsCores } = throttling;
  const cores = cpu.usageCores === null ? pendingIf(cpu.usageUs) : `${formatCores(cpu.usageCores)} cores`;
  const throttled = cpu.throttledPercent;
  const tone: Tone | undefined = (throttled ?? 0) > 0 ? 'warn' : undefined;
  return [
    ...withRing(
      [...head('CPU', cpu.limitCores, cpu.ofLimitPercent, pendingIf(cpu.usageUs), context), ...cpuChart(context)],
      cpuRing(context.cgroup),
      context,
    ),
    figure(
      context,
      'use',
      dotted(
        quiet(cores),
        wantsCores === null
          ? null
          : span(`wants ${formatCores(wantsCores)}, may use ${formatLimit(cpu.limitCores, formatCores)}`, 'warn'),
      ),
      'cpu.usageUs',
    ),
    figure(
      context,
      'limit',
      limitValue(cpu.limitCores, cpu.limitedBy, (limit) => `${formatCores(limit)} cores`, ownPaths(context)),
      'cpu.limitCores',
    ),
    figure(context, 'quota', quotaValue(cpu), 'cpu.quotaUs'),
    figure(
      context,
      'throttled',
      cpu.periods === null && rootReason(context, 'cpu') !== null
        ? [span(rootReason(context, 'cpu') ?? '', 'dim')]
        : dotted(
            span(throttled === null ? pendingIf(cpu.periods) : `${formatPercent(throttled)} of periods`, tone),
            span(`${formatCount(cpu.throttledPeriods)} of ${formatCount(cpu.periods)} in all`, 'dim'),
            cpu.throttledUs === null ? null : span(`${formatDuration(cpu.throttledUs / 1_000_000)} lost`, 'dim'),
          ),
      'cpu.throttledPeriods',
    ),
    ...lostRows(context, throttling),
    cpu.weight === null
      ? figure(context, 'shares', [span(formatCount(cpu.shares))], 'cpu.shares')
      : figure(context, 'weight', [span(formatCount(cpu.weight))], 'cpu.weight'),
    figure(context, 'cpuset', [span(printable(cpu.cpus ?? UNKNOWN))], 'cpu.cpus'),
  ];
}

function quotaValue({ quotaUs, periodUs, burstUs }: Cgroup['cpu']): Row {
  const period = periodUs === null ? UNKNOWN : formatMs(periodUs);
  return dotted(
    ...(quotaUs === 'max'
      ? [span('max', 'dim'), span(`periods of ${period}`, 'dim')]
      : [span(`${formatLimit(quotaUs, formatMs)} of each ${period}`)]),
    burstUs === null || burstUs === 0 ? null : span(`burst ${formatMs(burstUs)}`),
  );
}

/** What one throttled period costs, and whether it is bursts that pay. */
function lostRows(context: CgroupContext, throttling: Throttling): readonly FigureLine[] {
  const { cgroup, width } = context;
  const { lostUs, isRecent, meanPercent } = throttling;
  if (lostUs === null) {
    return [];
  }
  const lost = dotted(
    span(`${formatMs(lostUs)} of each throttled period`),
    span(isRecent ? 'in the last 5 s' : 'since it began', 'dim'),
  );
  const { quotaUs, periodUs } = cgroup.cpu;
  return [
    figure(context, 'lost', lost, 'cpu.throttledUs'),
    ...(isLateByBursts(cgroup.cpu, throttling) && typeof quotaUs === 'number' && periodUs !== null
      ? keyed(
          textField(
            'bursts',
            `It uses ${formatPercent(meanPercent)} of its limit on average, yet waits: a burst of more than ` +
              `${formatMs(quotaUs)} of CPU time stands until the next ${formatMs(periodUs)} begin.`,
            width,
            'warn',
          ),
          'bursts',
        )
      : []),
  ];
}

function formatMs(microseconds: number): string {
  return `${Number((microseconds / 1000).toFixed(1))} ms`;
}
