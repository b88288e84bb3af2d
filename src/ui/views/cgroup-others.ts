import type { OtherControllers } from '../../model/cgroup/look.ts';
import { printable } from '../../present/printable.ts';
import { formatBytes, formatCount, formatLimit, UNKNOWN } from '../../present/units.ts';
import { bold, type Row, span } from '../rows.ts';
import { type CgroupContext, type FigureLine, fileLine, plain, rootReason } from './cgroup-figures.ts';
import { quiet } from './containers.ts';
import { dotted, VALUE_START } from './fields.ts';

/** Huge pages, devices and the freezer. */
export function otherRows(context: CgroupContext, others: OtherControllers | null): readonly FigureLine[] {
  return others === null
    ? []
    : [...hugeRows(context, others), ...deviceRows(context, others), ...freezerRows(context, others)];
}

function title(word: string, ...says: Row): readonly FigureLine[] {
  return plain([[], [bold(` ${word.padEnd(VALUE_START - 2)} `, 'accent'), ...says]]);
}

function hugeRows(context: CgroupContext, { hugetlb }: OtherControllers): readonly FigureLine[] {
  if (hugetlb === null) {
    return title('HUGETLB', span(rootReason(context, 'hugetlb') ?? 'no such controller here', 'dim'));
  }
  return [
    ...title('HUGETLB', span('huge pages', 'dim')),
    ...hugetlb.map(({ size, useBytes, limitBytes, failures, file }) =>
      fileLine(
        context,
        size,
        dotted(
          quiet(formatBytes(useBytes)),
          span(`limit ${formatLimit(limitBytes, formatBytes)}`, 'dim'),
          span(`${formatCount(failures)} refused`, (failures ?? 0) > 0 ? 'warn' : 'dim'),
        ),
        `hugetlb.${size}`,
        file,
      ),
    ),
  ];
}

/** Nodes that everybody has are many and say little: the first rule, and how many there are. */
function deviceRows(context: CgroupContext, { devices }: OtherControllers): readonly FigureLine[] {
  if (devices === null) {
    const isV2 = context.cgroup.version === 2;
    const why = isV2
      ? 'no such hierarchy: on v2 a program of BPF decides, and no file tells'
      : (rootReason(context, 'devices') ?? 'no such controller here');
    return title('DEVICES', span(why, 'dim'));
  }
  const { rules, file } = devices;
  const all = rules?.some((rule) => /^a \*:\* rwm$/.test(rule)) === true;
  const value: Row =
    rules === null
      ? [span(UNKNOWN, 'dim')]
      : all
        ? [span('every device of the host', 'warn')]
        : dotted(span(`${rules.length} rules`), span(printable(rules.slice(0, 2).join(', ')), 'dim'));
  return [...title('DEVICES'), fileLine(context, 'may use', value, 'devices.list', file)];
}

function freezerRows(context: CgroupContext, { freezer }: OtherControllers): readonly FigureLine[] {
  if (freezer === null) {
    return title('FREEZER', span(rootReason(context, 'freezer') ?? 'no such controller here', 'dim'));
  }
  const { state, byAncestor, file } = freezer;
  const value = dotted(
    span(printable(state ?? UNKNOWN), state === 'thawed' ? 'dim' : 'warn'),
    byAncestor === true ? span('by a group above', 'warn') : null,
  );
  return [...title('FREEZER'), fileLine(context, 'state', value, 'freezer.state', file)];
}
