import type { ChainController, ChainGroup } from '../../model/cgroup/look.ts';
import { printable, shorten } from '../../present/printable.ts';
import { formatBytes, formatCores, formatLimit, PENDING, UNKNOWN } from '../../present/units.ts';
import { bold, cut, cutAtBorders, type Row, span } from '../rows.ts';
import type { Overlay } from '../state.ts';

const MARGIN = 8;
const FIGURE = 14;

/** A file: where it is, and what the kernel says in it, letter by letter. */
export function fileRows({ file, raw }: Extract<Overlay, { kind: 'file' }>, width: number): readonly Row[] {
  const room = width - MARGIN;
  const text = raw?.text?.replace(/\n$/, '') ?? null;
  return [
    ...cutAtBorders(printable(file), room).map((line): Row => [bold(line, 'accent')]),
    [],
    ...(text === null
      ? [[span(raw?.why ?? PENDING, 'warn')]]
      : text === ''
        ? [[span('(empty)', 'dim')]]
        : text.split('\n').flatMap((line) => cut(printable(line), room).map((piece): Row => [span(piece)]))),
  ];
}

const FORMATS: { readonly [controller in ChainController]: (value: number) => string } = {
  cpu: formatCores,
  cpuset: String,
  memory: formatBytes,
  pids: String,
  io: String,
};

/** Every group upwards, what it allows and what it and all below it use; the one that binds is marked. */
export function chainRows(overlay: Extract<Overlay, { kind: 'chain' }>, width: number): readonly Row[] {
  const { controller, now } = overlay;
  const room = width - MARGIN;
  if (now === null) {
    return [[span('this controller cannot be seen from here', 'warn')]];
  }
  const binding = bindingGroup(now.groups);
  const pathWidth = Math.max(20, Math.min(80, room - 2 * FIGURE - 8));
  const head = `${'group'.padEnd(pathWidth)}${'limit'.padStart(FIGURE)}${'in use'.padStart(FIGURE)}`;
  return [
    [span(head, 'dim')],
    ...now.groups.flatMap((group, index): Row[] => [
      [
        span(shorten(printable(group.path), pathWidth - 1).padEnd(pathWidth), index === 0 ? 'accent' : undefined),
        span((group.says ?? limitText(group, controller)).padStart(FIGURE)),
        span(useText(overlay, group).padStart(FIGURE)),
        span(group === binding ? ' ◂ binds' : '', 'warn'),
      ],
      [span(`  ${shorten(printable(group.file), room - 2)}`, 'dim')],
    ]),
  ];
}

function limitText({ limit }: ChainGroup, controller: ChainController): string {
  return formatLimit(limit, FORMATS[controller]);
}

/** CPU time is a counter: what is used comes with the second look. */
function useText({ controller, now, before }: Extract<Overlay, { kind: 'chain' }>, { path, use }: ChainGroup): string {
  if (controller !== 'cpu') {
    return use === null ? UNKNOWN : FORMATS[controller](use);
  }
  const earlier = before?.groups.find((group) => group.path === path)?.use ?? null;
  if (use === null) {
    return UNKNOWN;
  }
  return now === null || before === null || earlier === null || use < earlier
    ? PENDING
    : formatCores((use - earlier) / (now.atUs - before.atUs));
}

/** The tightest; of equals the one nearest to the container. */
function bindingGroup(groups: readonly ChainGroup[]): ChainGroup | null {
  let binding: ChainGroup | null = null;
  for (const group of groups) {
    if (typeof group.limit === 'number' && (binding === null || group.limit < Number(binding.limit))) {
      binding = group;
    }
  }
  return binding;
}
