import type { Container } from '../../model/document/container.ts';
import { formatBytesShort, formatCores, formatLimit, formatPercent, pendingIf, UNKNOWN } from '../units.ts';

/** What a share is of: plain figures beside their limit, or percent of one core, of the host, of the limit. */
export const scales = ['figures', 'core', 'host', 'limit'] as const;
export type Scale = (typeof scales)[number];

type ScaleContext = {
  readonly scale: Scale;
  readonly cpus: number;
  readonly memoryBytes: number | null;
};

/** `0.20/0.50`, or a percentage of what the scale says. */
export function cpuCell(container: Container, context: ScaleContext): string {
  const cpu = container.cgroup?.cpu;
  const cores = cpu?.usageCores ?? null;
  const unknown = pendingIf(cpu?.usageUs);
  switch (context.scale) {
    case 'figures': {
      const limit = formatLimit(cpu?.limitCores ?? null, (limitCores) => formatCores(limitCores));
      return cores === null && limit === UNKNOWN
        ? unknown
        : `${cores === null ? unknown : formatCores(cores)}/${limit}`;
    }
    case 'core':
      return cores === null ? unknown : formatPercent(cores * 100);
    case 'host':
      return cores === null ? unknown : formatPercent((cores * 100) / context.cpus);
    case 'limit':
      return cpu?.limitCores === 'max' ? 'max' : cores === null ? unknown : formatPercent(cpu?.ofLimitPercent ?? null);
  }
}

/** `22M/256M`, or a percentage of what the scale says. */
export function memoryCell(container: Container, context: ScaleContext): string {
  const memory = container.cgroup?.memory;
  const used = memory?.workingSetBytes ?? null;
  switch (context.scale) {
    case 'figures':
    case 'core': {
      const limit = memory?.limitBytes ?? null;
      return typeof limit === 'number'
        ? `${formatBytesShort(used)}/${formatBytesShort(limit)}`
        : formatBytesShort(used);
    }
    case 'host':
      return used === null || context.memoryBytes === null
        ? UNKNOWN
        : formatPercent((used * 100) / context.memoryBytes);
    case 'limit':
      return memory?.limitBytes === 'max' ? 'max' : formatPercent(memory?.ofLimitPercent ?? null);
  }
}
