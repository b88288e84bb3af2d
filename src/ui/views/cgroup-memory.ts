import { largestProcesses, roomBeforeOom } from '../../model/memory-room.ts';
import { printable } from '../../present/printable.ts';
import { formatBytes, formatCount, formatLimit, UNKNOWN } from '../../present/units.ts';
import { span } from '../rows.ts';
import { memoryChart } from './cgroup-charts.ts';
import { type CgroupContext, type FigureLine, figure, head, keyed, limitValue, ownPaths } from './cgroup-figures.ts';
import { memoryRing, withRing } from './cgroup-rings.ts';
import { quiet } from './containers.ts';
import { dotted, field, flowField } from './fields.ts';

/** Memory: use beside its limit, what it is made of and what others call it, swap, events, who has it. */
export function memoryRows(context: CgroupContext): readonly FigureLine[] {
  const { memory } = context.cgroup;
  const bytes = (value: number | null, says: string) => dotted(quiet(formatBytes(value)), span(says, 'dim'));
  const inactive = memory.inactiveFileBytes === null ? '' : `${formatBytes(memory.inactiveFileBytes)} inactive`;
  return [
    ...withRing(
      [...head('MEMORY', memory.limitBytes, memory.ofLimitPercent, UNKNOWN, context), ...memoryChart(context)],
      memoryRing(context.cgroup),
      context,
    ),
    figure(
      context,
      'working set',
      bytes(memory.workingSetBytes, 'in docker stats and kubelet'),
      'memory.workingSetBytes',
    ),
    figure(
      context,
      'limit',
      limitValue(memory.limitBytes, memory.limitedBy, formatBytes, ownPaths(context)),
      'memory.limitBytes',
    ),
    figure(context, 'usage', bytes(memory.usageBytes, 'what the limit counts'), 'memory.usageBytes'),
    figure(context, 'anon', bytes(memory.anonBytes, 'as used in free'), 'memory.anonBytes'),
    figure(
      context,
      'file',
      dotted(quiet(formatBytes(memory.fileBytes)), span('as buff/cache in free', 'dim'), span(inactive, 'dim')),
      'memory.fileBytes',
    ),
    figure(context, 'kernel', bytes(memory.kernelBytes, 'slab, stacks, page tables'), 'memory.kernelBytes'),
    figure(context, 'swap', [quiet(formatBytes(memory.swapUsageBytes))], 'memory.swapUsageBytes'),
    figure(context, 'swap limit', limitValue(memory.swapLimitBytes, null, formatBytes, []), 'memory.swapLimitBytes'),
    ...softRows(context),
    ...roomRows(context),
    figure(
      context,
      'events',
      dotted(
        span(`${formatCount(memory.oomKills)} oom kills`, (memory.oomKills ?? 0) > 0 ? 'bad' : undefined),
        span(`${formatCount(memory.failCount)} times at the limit`, (memory.failCount ?? 0) > 0 ? 'warn' : undefined),
      ),
      'memory.oomKills',
    ),
    ...largestRows(context),
  ];
}

function roomRows(context: CgroupContext): readonly FigureLine[] {
  const room = roomBeforeOom(context.cgroup.memory, ownPaths(context));
  return room === null
    ? []
    : keyed([field('room', ...dotted(span(formatBytes(room)), span('at most, then the kernel kills', 'dim')))], 'room');
}

/** Processes with the most resident memory, and how much of it is theirs alone where that was told. */
function largestRows({ processes, width }: CgroupContext): readonly FigureLine[] {
  const largest = largestProcesses(processes, 3);
  return largest.length === 0
    ? []
    : keyed(
        flowField(
          'used by',
          [],
          largest.map(({ comm, pid, rssBytes, pssBytes }) =>
            span(
              `${printable(comm)} ${pid} RSS ${formatBytes(rssBytes)}${pssBytes === null ? '' : ` PSS ${formatBytes(pssBytes)}`}`,
            ),
          ),
          width,
        ),
        'largest',
      );
}

function softRows(context: CgroupContext): readonly FigureLine[] {
  const { memory } = context.cgroup;
  const rows: FigureLine[] = [];
  if (memory.highBytes !== null) {
    rows.push(figure(context, 'high', [quiet(formatLimit(memory.highBytes, formatBytes))], 'memory.highBytes'));
  }
  if (memory.lowBytes !== null) {
    rows.push(figure(context, 'low', [quiet(formatLimit(memory.lowBytes, formatBytes))], 'memory.lowBytes'));
  }
  if (memory.softLimitBytes !== null) {
    rows.push(
      figure(context, 'soft limit', limitValue(memory.softLimitBytes, null, formatBytes, []), 'memory.softLimitBytes'),
    );
  }
  return rows;
}
