import type { Cgroup } from '../../model/document/cgroup.ts';
import type { Limit } from '../../model/limit.ts';
import type { LimitKey } from '../../model/limit-edit.ts';
import { containerLabel } from '../../present/container-label.ts';
import { printable, shorten } from '../../present/printable.ts';
import { formatBytes, formatCores, formatLimit } from '../../present/units.ts';
import { bold, cutAtBorders, type Row, rowWidth, span, wrap } from '../rows.ts';
import type { Overlay } from '../state.ts';
import { floatPanel } from './panel.ts';

const LABEL = 11;
const MARGIN = 8;
const WIDEST_NAME = 30;
/** A form must not change its width with each letter. */
const LEAST_WIDTH = 60;

/** What is typed, in which units, from what to what, what holds now, and exactly what would be written where. */
export function limitFormRows(
  rows: readonly Row[],
  { target, form, offer }: Extract<Overlay, { kind: 'limit' }>,
  width: number,
): readonly Row[] {
  const room = width - MARGIN - LABEL;
  const lines = (label: string, text: string): readonly Row[] =>
    wrap(printable(text), room).map((line, index) => [
      span((index === 0 ? label : '').padEnd(LABEL), 'dim'),
      span(line),
    ]);
  const effective = effectiveText(target.container.cgroup, target.key);
  const typed: Row = [span('new'.padEnd(LABEL), 'dim'), bold(target.text), { text: ' ', underline: true }];
  const about: readonly Row[] = [
    ...lines('takes', form.takes),
    ...lines('allowed', form.allowed),
    ...lines('now', form.now ?? 'nothing: it has no group of its own for this'),
    ...(effective === null ? [] : lines('effective', effective)),
    typed,
    [],
  ];
  const answer: readonly Row[] =
    offer.disabledReason === null
      ? [
          ...wrap(printable(offer.command), width - MARGIN).map((line) => [bold(line, 'accent')]),
          ...offer.calls.flatMap((call) =>
            cutAtBorders(printable(call), width - MARGIN).map((line): Row => [span(line, 'dim')]),
          ),
        ]
      : wrap(printable(offer.disabledReason), width - MARGIN).map(
          (line): Row => [span(line, target.text === '' ? 'dim' : 'warn')],
        );
  const name = shorten(containerLabel(target.container), WIDEST_NAME);
  const least: Row = [span(' '.repeat(Math.min(LEAST_WIDTH, width - MARGIN)))];
  const all = [...about, ...answer, ...(answer.some((row) => rowWidth(row) >= LEAST_WIDTH) ? [] : [least])];
  return floatPanel(rows, `${name}: ${form.title}`, all, width);
}

/** What binds it in the end, which a group above may impose; null where no one figure says so. */
function effectiveText(cgroup: Cgroup | null, key: LimitKey): string | null {
  if (cgroup === null) {
    return null;
  }
  const { cpu, memory, pids } = cgroup;
  const isOwn = (path: string) => Object.values(cgroup.paths).includes(path);
  const told = (limit: Limit | null, by: string | null, format: (value: number) => string) =>
    `${formatLimit(limit, format)}${by === null ? '' : isOwn(by) ? ', its own' : ` by ${by}`}`;
  switch (key) {
    case 'cpus':
    case 'cpuQuota':
      return told(cpu.limitCores, cpu.limitedBy, (cores) => `${formatCores(cores)} cores`);
    case 'memory':
      return told(memory.limitBytes, memory.limitedBy, formatBytes);
    case 'memorySwap':
      return `${told(memory.swapLimitBytes, null, formatBytes)} of swap`;
    case 'pids':
      return told(pids.limit, pids.limitedBy, String);
    case 'cpuset':
      return cpu.cpus;
    case 'cpuShares':
    case 'memoryReservation':
    case 'readRate':
    case 'writeRate':
      return null;
  }
}
