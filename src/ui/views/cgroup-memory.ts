import { formatBytes, formatCount, formatLimit } from '../../present/units.ts';
import { type Row, span } from '../rows.ts';
import { type CgroupContext, figure, head, limitValue, ownPaths } from './cgroup-figures.ts';
import { quiet } from './containers.ts';
import { dotted } from './fields.ts';

/** Memory: use beside its limit, what it is made of, swap, events. */
export function memoryRows(context: CgroupContext): readonly Row[] {
  const { memory } = context.cgroup;
  const bytes = (value: number | null) => [quiet(formatBytes(value))];
  const swapLimit = memory.swapLimitBytes;
  return [
    ...head('MEMORY', typeof memory.limitBytes === 'number' ? (memory.ofLimitPercent ?? 0) : null, context),
    figure(context, 'working set', bytes(memory.workingSetBytes), 'memory.workingSetBytes'),
    figure(
      context,
      'limit',
      limitValue(memory.limitBytes, memory.limitedBy, formatBytes, ownPaths(context)),
      'memory.limitBytes',
    ),
    figure(context, 'usage', bytes(memory.usageBytes), 'memory.usageBytes'),
    figure(
      context,
      'of it',
      dotted(
        span(`anon ${formatBytes(memory.anonBytes)}`),
        span(`file ${formatBytes(memory.fileBytes)}`),
        span(`kernel ${formatBytes(memory.kernelBytes)}`),
      ),
      'memory.anonBytes',
    ),
    figure(context, 'inactive', bytes(memory.inactiveFileBytes), 'memory.inactiveFileBytes'),
    figure(
      context,
      'swap',
      dotted(span(formatBytes(memory.swapUsageBytes)), span(`limit ${formatLimit(swapLimit, formatBytes)}`, 'dim')),
      'memory.swapUsageBytes',
    ),
    ...softRows(context),
    figure(
      context,
      'events',
      dotted(
        span(`${formatCount(memory.oomKills)} oom kills`, (memory.oomKills ?? 0) > 0 ? 'bad' : undefined),
        span(`${formatCount(memory.failCount)} times at the limit`, (memory.failCount ?? 0) > 0 ? 'warn' : undefined),
      ),
      'memory.oomKills',
    ),
  ];
}

function softRows(context: CgroupContext): readonly Row[] {
  const { memory } = context.cgroup;
  const rows: Row[] = [];
  if (memory.highBytes !== null) {
    rows.push(figure(context, 'high', [quiet(formatLimit(memory.highBytes, formatBytes))], 'memory.highBytes'));
  }
  if (memory.lowBytes !== null) {
    rows.push(figure(context, 'low', [quiet(formatLimit(memory.lowBytes, formatBytes))], 'memory.lowBytes'));
  }
  if (memory.softLimitBytes !== null) {
    rows.push(
      figure(context, 'soft limit', [quiet(formatLimit(memory.softLimitBytes, formatBytes))], 'memory.softLimitBytes'),
    );
  }
  return rows;
}
