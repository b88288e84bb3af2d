import type { HostNow } from '../../model/host-groups/host-groups.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { printable } from '../../present/printable.ts';
import { formatBytes, formatCores, formatDuration, formatPercent, PENDING, UNKNOWN } from '../../present/units.ts';
import { bar } from '../bars.ts';
import { type Row, type Size, type Span, span } from '../rows.ts';
import { flowField } from './fields.ts';

const BAR = 12;
/** A low screen belongs to the groups. */
const LEAST_ROWS = 16;
/** From here on a fact may take more than a line; below, what does not fit is left out. */
const HIGH_ROWS = 30;
/** Steal and pressure below these are not worth a word's colour. */
const MUCH_STOLEN = 0.05;
const MUCH_PRESSURE = 10;

/** What the host is, and what it does: a few lines above its groups. */
export function hostNowRows({ host, atMs }: Snapshot, now: HostNow, { columns, rows }: Size): readonly Row[] {
  if (rows < LEAST_ROWS) {
    return [];
  }
  const booted = host.bootedAt === null ? null : (atMs - Date.parse(host.bootedAt)) / 1000;
  const cpuShare = now.cpuCores === null || host.cpus === 0 ? null : (now.cpuCores / host.cpus) * 100;
  const memoryShare =
    now.usedBytes === null || now.totalBytes === null || now.totalBytes === 0
      ? null
      : (now.usedBytes / now.totalBytes) * 100;
  const used = now.cpuCores === null ? PENDING : formatCores(now.cpuCores);
  const fields = [
    flowField(
      'host',
      [],
      [
        span(printable(now.distribution ?? 'distribution unknown')),
        span(`Linux ${printable(host.kernel)}`),
        span(`up ${formatDuration(booted)}`),
        span(machineText(now), 'dim'),
      ],
      columns,
    ),
    flowField(
      'cpu',
      [...bar(cpuShare, BAR), span(' ')],
      [
        span(`${used} of ${host.cpus} cores`),
        span(`load ${now.averages === null ? UNKNOWN : now.averages.map((load) => load.toFixed(2)).join(' ')}`),
        now.stolenCores === null || now.stolenCores === 0
          ? null
          : span(
              `${formatCores(now.stolenCores)} stolen by the hypervisor`,
              now.stolenCores >= MUCH_STOLEN ? 'warn' : 'dim',
            ),
        pressureSpan(now.pressure.cpu?.some?.avg10 ?? null),
      ],
      columns,
    ),
    flowField(
      'memory',
      [...bar(memoryShare, BAR), span(' ')],
      [
        span(`${formatBytes(now.usedBytes)} of ${formatBytes(now.totalBytes)} in use`),
        now.swapTotalBytes === 0
          ? span('no swap', 'dim')
          : span(`swap ${formatBytes(now.swapUsedBytes)} of ${formatBytes(now.swapTotalBytes)}`),
        pressureSpan(now.pressure.memory?.some?.avg10 ?? null),
      ],
      columns,
    ),
  ];
  return fields.flatMap((lines) => (rows < HIGH_ROWS ? lines.slice(0, 1) : lines));
}

function pressureSpan(percent: number | null): Span | null {
  return percent === null
    ? null
    : span(`pressure ${formatPercent(percent)}`, percent >= MUCH_PRESSURE ? 'warn' : 'dim');
}

function machineText({ hardware, virtual }: HostNow): string {
  const kind = virtual === true ? 'a virtual machine' : virtual === false ? 'no virtual machine' : '';
  return [hardware === null ? '' : printable(hardware), kind].filter((part) => part !== '').join(', ');
}
