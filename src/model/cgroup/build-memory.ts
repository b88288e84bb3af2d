import type { Cgroup } from '../document/cgroup.ts';
import type { Limit } from '../limit.ts';
import { valueOr } from '../reading.ts';
import { type EffectiveLimit, effectiveLimit } from './effective-limit.ts';
import type { Ledger } from './ledger.ts';
import type { CgroupSample, ChainLink } from './sample.ts';

type MemorySample = CgroupSample['memory'];
type Stat = { readonly [key: string]: number };

/** From 2^62 on v1 means "no limit". */
const NO_LIMIT = 2 ** 62;

/** All from memory.stat; the working set is what is used without inactive file pages. */
const STAT_FIGURES = ['anonBytes', 'fileBytes', 'inactiveFileBytes', 'workingSetBytes'].map((name) => `memory.${name}`);

export function buildMemory({ memory }: CgroupSample, ledger: Ledger): Cgroup['memory'] {
  const usageBytes = ledger.value('memory.usageBytes', memory.usageBytes);
  const stat = ledger.value(STAT_FIGURES, memory.stat);
  const inactiveFileBytes = stat === null ? null : hierarchical(stat, 'inactive_file', 'inactive_file');
  const workingSetBytes =
    usageBytes === null || inactiveFileBytes === null ? null : Math.max(0, usageBytes - inactiveFileBytes);
  const { limit: limitBytes, limitedBy } = memoryLimit(memory, stat, ledger);
  return {
    usageBytes,
    workingSetBytes,
    anonBytes: stat === null ? null : hierarchical(stat, 'rss', 'anon'),
    fileBytes: stat === null ? null : hierarchical(stat, 'cache', 'file'),
    inactiveFileBytes,
    kernelBytes: ledger.optional('memory.kernelBytes', memory.kernelBytes),
    limitBytes,
    limitedBy,
    ofLimitPercent:
      workingSetBytes === null || typeof limitBytes !== 'number' || limitBytes === 0
        ? null
        : (workingSetBytes / limitBytes) * 100,
    highBytes: ledger.value('memory.highBytes', memory.highBytes),
    lowBytes: ledger.value('memory.lowBytes', memory.lowBytes),
    softLimitBytes: ledger.value('memory.softLimitBytes', memory.softLimitBytes),
    swapUsageBytes: ledger.value('memory.swapUsageBytes', memory.swapUsageBytes),
    swapLimitBytes: swapLimit(memory, limitBytes, ledger),
    oomKills: ledger.value('memory.oomKills', memory.oomKills),
    failCount: ledger.value('memory.failCount', memory.failCount),
  };
}

/** v1 writes a group's own pages and, as `total_…`, those of all below it too; v2 has only the latter. */
function hierarchical(stat: Stat, v1Key: string, v2Key: string): number | null {
  return stat[`total_${v1Key}`] ?? stat[v2Key] ?? null;
}

function limitOf({ reading }: ChainLink<Limit>): Limit | null {
  return valueOr(reading, null);
}

/** v1's memory.stat also knows the limits of ancestors that we cannot see. */
function memoryLimit(memory: MemorySample, stat: Stat | null, ledger: Ledger): EffectiveLimit {
  const seen = effectiveLimit(memory.limits, limitOf);
  const kernels = stat?.['hierarchical_memory_limit'];
  if (kernels !== undefined && kernels < NO_LIMIT && (seen.limit === 'max' || kernels < (seen.limit ?? 0))) {
    ledger.warnings.push('memory: the limit is imposed by a group above those that can be seen from here');
    ledger.file('memory.limitBytes', memory.stat.file ?? '');
    return { limit: kernels, limitedBy: null };
  }
  ledger.chain('memory.limitBytes', memory.limits, seen.limitedBy);
  return seen;
}

/** v1 limits memory and swap together: what is left of that for swap when memory is at its own limit. */
function swapLimit(memory: MemorySample, memoryBytes: Limit | null, ledger: Ledger): Limit | null {
  if (memory.memswLimits.length === 0) {
    const { limit, limitedBy } = effectiveLimit(memory.swapLimits, limitOf);
    ledger.chain('memory.swapLimitBytes', memory.swapLimits, limitedBy);
    return limit;
  }
  const { limit, limitedBy } = effectiveLimit(memory.memswLimits, limitOf);
  ledger.chain('memory.swapLimitBytes', memory.memswLimits, limitedBy);
  if (limit === null || memoryBytes === null) {
    return null;
  }
  if (limit === 'max') {
    return 'max';
  }
  return memoryBytes === 'max' ? limit : Math.max(0, limit - memoryBytes);
}
