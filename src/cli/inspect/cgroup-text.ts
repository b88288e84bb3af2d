import type { Cgroup, Pressure } from '../../model/document/cgroup.ts';
import type { Limit } from '../../model/limit.ts';
import { printable } from '../../present/printable.ts';
import {
  formatBytes,
  formatCores,
  formatCount,
  formatLimit,
  formatPercent,
  pendingIf,
  UNKNOWN,
} from '../../present/units.ts';
import { type Field, renderFields } from './field-list.ts';

/** Limits beside use, per controller; each with the ancestor that imposes it and the file it comes from. */
export function cgroupText(cgroup: Cgroup, columns: number | null): string {
  const sections = [
    renderFields('CPU', cpuFields(cgroup), columns),
    renderFields('MEMORY', memoryFields(cgroup), columns),
    renderFields('PIDS', pidsFields(cgroup), columns),
    renderFields('IO', ioFields(cgroup), columns),
    renderFields('PRESSURE', pressureFields(cgroup), columns),
    renderFields('GROUPS', groupFields(cgroup), columns),
  ];
  const warnings = cgroup.warnings.map((warning) => `! ${printable(warning)}\n`).join('');
  return [...sections, warnings].filter((section) => section !== '').join('\n');
}

function cpuFields({ cpu, files, paths }: Cgroup): readonly Field[] {
  const use = cpu.usageCores === null ? pendingIf(cpu.usageUs) : formatCores(cpu.usageCores);
  const throttled =
    cpu.periods === null || cpu.throttledPeriods === null
      ? UNKNOWN
      : `${cpu.throttledPeriods} of ${cpu.periods} periods, ${seconds(cpu.throttledUs)} in all`;
  const now = cpu.throttledPercent === null ? pendingIf(cpu.periods) : throttledNow(cpu);
  return [
    from(files, 'cpu.usageUs', { label: 'use', text: ofLimit(`${use} cores`, cpu.ofLimitPercent) }),
    from(files, 'cpu.limitCores', {
      label: 'limit',
      text: imposed(
        formatLimit(cpu.limitCores, (cores) => `${formatCores(cores)} cores`),
        cpu.limitedBy,
        paths,
      ),
    }),
    from(files, 'cpu.quotaUs', { label: 'own quota', text: quotaText(cpu.quotaUs, cpu.periodUs) }),
    from(files, 'cpu.throttledPeriods', { label: 'throttled', text: throttled }),
    from(files, 'cpu.throttledPercent', { label: 'now', text: now }),
    ...(cpu.shares === null ? [] : [from(files, 'cpu.shares', { label: 'shares', text: String(cpu.shares) })]),
    ...(cpu.weight === null ? [] : [from(files, 'cpu.weight', { label: 'weight', text: String(cpu.weight) })]),
    from(files, 'cpu.cpus', { label: 'CPUs', text: printable(cpu.cpus ?? UNKNOWN) }),
  ];
}

function memoryFields({ memory, files, paths }: Cgroup): readonly Field[] {
  return [
    from(files, 'memory.usageBytes', {
      label: 'working set',
      text: ofLimit(formatBytes(memory.workingSetBytes), memory.ofLimitPercent),
    }),
    from(files, 'memory.limitBytes', {
      label: 'limit',
      text: imposed(formatLimit(memory.limitBytes, formatBytes), memory.limitedBy, paths),
    }),
    from(files, 'memory.usageBytes', { label: 'use with page cache', text: formatBytes(memory.usageBytes) }),
    from(files, 'memory.anonBytes', { label: 'anonymous', text: formatBytes(memory.anonBytes) }),
    from(files, 'memory.fileBytes', { label: 'files', text: formatBytes(memory.fileBytes) }),
    from(files, 'memory.kernelBytes', { label: 'kernel', text: formatBytes(memory.kernelBytes) }),
    from(files, 'memory.swapUsageBytes', {
      label: 'swap',
      text: `${formatBytes(memory.swapUsageBytes)} of ${formatLimit(memory.swapLimitBytes, formatBytes)}`,
    }),
    from(files, 'memory.oomKills', { label: 'OOM kills', text: formatCount(memory.oomKills) }),
    from(files, 'memory.failCount', { label: 'times at the limit', text: formatCount(memory.failCount) }),
  ];
}

function pidsFields({ pids, files, paths }: Cgroup): readonly Field[] {
  return [
    from(files, 'pids.current', { label: 'threads', text: formatCount(pids.current) }),
    from(files, 'pids.limit', {
      label: 'limit',
      text: imposed(formatLimit(pids.limit, String), pids.limitedBy, paths),
    }),
  ];
}

function ioFields({ io, files }: Cgroup): readonly Field[] {
  const limits = io.limits.map((limit) => ({
    label: `limit ${printable(limit.device)}`,
    text: [
      `read ${perSecond(limit.readBytesPerSecond, formatBytes)}`,
      `write ${perSecond(limit.writeBytesPerSecond, formatBytes)}`,
      `read ops ${perSecond(limit.readOpsPerSecond, String)}`,
      `write ops ${perSecond(limit.writeOpsPerSecond, String)}`,
    ].join(', '),
  }));
  return [
    from(files, 'io.readBytes', { label: 'read', text: operations(io.readBytes, io.readOps, io.readBytesPerSecond) }),
    from(files, 'io.writeBytes', {
      label: 'written',
      text: operations(io.writeBytes, io.writeOps, io.writeBytesPerSecond),
    }),
    ...limits,
  ];
}

function pressureFields({ pressure, files }: Cgroup): readonly Field[] {
  if (pressure === null) {
    return [];
  }
  return (['cpu', 'memory', 'io'] as const).map((resource) =>
    from(files, `pressure.${resource}`, { label: resource, text: pressureText(pressure[resource]) }),
  );
}

function pressureText(pressure: Pressure | null): string {
  const some = pressure?.some ?? null;
  const full = pressure?.full ?? null;
  return some === null && full === null
    ? UNKNOWN
    : `some ${formatPercent(some?.avg10 ?? null)}, full ${formatPercent(full?.avg10 ?? null)} of the last 10 s`;
}

function groupFields({ paths, layout, version, frozen }: Cgroup): readonly Field[] {
  return [
    { label: 'layout', text: `${layout}, limits by cgroup v${version}` },
    ...(frozen === true ? [{ label: 'state', text: 'frozen' }] : []),
    ...Object.entries(paths).map(([controller, path]) => ({ label: printable(controller), text: printable(path) })),
  ];
}

/** The file behind the figure, where there is one. */
function from(files: Cgroup['files'], key: string, field: Field): Field {
  const file = files[key];
  return file === undefined ? field : { ...field, source: printable(file) };
}

/** The limit, and which group imposes it. */
function imposed(limit: string, by: string | null, paths: Cgroup['paths']): string {
  if (by === null) {
    return limit;
  }
  return `${limit}, set by ${Object.values(paths).includes(by) ? 'its own group' : printable(by)}`;
}

function ofLimit(use: string, percent: number | null): string {
  return percent === null ? use : `${use}, ${formatPercent(percent)} of the limit`;
}

function quotaText(quotaUs: Limit | null, periodUs: number | null): string {
  return typeof quotaUs === 'number' && periodUs !== null
    ? `${quotaUs} µs in each ${periodUs} µs`
    : formatLimit(quotaUs, String);
}

/** Of the time since the look before. */
function throttledNow({ throttledPercent, lostUsPerThrottledPeriod: lostUs, heldBackCores }: Cgroup['cpu']): string {
  const share = `${formatPercent(throttledPercent)} of the periods`;
  return lostUs === null
    ? share
    : `${share}, ${(lostUs / 1000).toFixed(1)} ms each, ${formatCores(heldBackCores)} cores held back`;
}

function operations(bytes: number | null, operationCount: number | null, rate: number | null): string {
  const now = rate === null ? '' : `, ${formatBytes(Math.round(rate))}/s`;
  return `${formatBytes(bytes)} in ${formatCount(operationCount)} operations${now}`;
}

function perSecond(limit: Limit | null, format: (figure: number) => string): string {
  return limit === 'max' ? 'max' : `${formatLimit(limit, format)}/s`;
}

function seconds(us: number | null): string {
  return us === null ? UNKNOWN : `${(us / 1e6).toFixed(1)} s`;
}
