import type { Layers } from '../../model/document/layers.ts';
import type { TreeUse } from '../../model/layers/tree.ts';
import { branchOrigin } from '../../present/columns/branches.ts';
import { printable, shorten } from '../../present/printable.ts';
import { formatBytes, formatBytesShort, formatCount } from '../../present/units.ts';
import { type Row, span, wrap } from '../rows.ts';
import { section } from './fields.ts';

const FIGURE = 10;
/** So many directories are told of. */
const MOST_DIRECTORIES = 30;

/** What each branch holds and how much of it is seen, where the container wrote, and which paths waste most. */
export function measuredRows(measured: TreeUse | null, layers: Layers, width: number): readonly Row[] {
  if (measured?.use == null) {
    const far =
      measured === null ? '' : `${formatCount(measured.entries)} names so far, now in ${printable(measured.directory)}`;
    return [
      [],
      [span('  Going through the whole tree…'), span(shorten(` ${far}`, width - 34), 'dim')],
      [span('  Esc ends it', 'dim')],
    ];
  }
  const { use, wasted } = measured;
  const total = use.branches.reduce((sum, { shadowed, deleted }) => sum + shadowed + deleted, 0);
  const copied = use.branches.reduce((sum, each) => sum + each.copied, 0);
  return [
    ...section('What each branch holds'),
    figuresRow(['#', 'seen', 'shadowed', 'deleted', 'copied'], '', width, true),
    ...use.branches.map(({ index, seen, shadowed, deleted, copied: same }) => {
      const branch = layers.branches.find((each) => each.index === index);
      const figures = [seen, shadowed, deleted, same].map((bytes) => (bytes === 0 ? '–' : formatBytesShort(bytes)));
      return figuresRow([String(index), ...figures], branch === undefined ? '' : branchOrigin(branch), width, false);
    }),
    [],
    ...wrap(
      `${formatBytes(total)} wasted: in branches, and seen by nobody; ${formatBytes(copied)} of it are again above, with the same size and time (copied).`,
      width - 2,
    ).map((line): Row => [span(' '), span(line, total === 0 ? 'good' : 'warn')]),
    ...section('Where the container wrote'),
    ...(use.written.length === 0 ? [[span('  nothing', 'dim')]] : []),
    ...use.written
      .slice(0, MOST_DIRECTORIES)
      .map(
        ({ path, bytes, files }): Row => [
          span(formatBytes(bytes).padStart(FIGURE + 2)),
          span(`${formatCount(files)} file${files === 1 ? '' : 's'}`.padStart(FIGURE + 6), 'dim'),
          span(`  ${shorten(printable(path), width - 2 * FIGURE - 12)}`),
        ],
      ),
    ...section('Most bytes that nobody sees'),
    ...(wasted.length === 0 ? [[span('  none', 'dim')]] : []),
    ...wasted.map(
      ({ path, bytes, why }): Row => [
        span(formatBytes(bytes).padStart(FIGURE + 2)),
        span(why.padStart(FIGURE + 6), 'dim'),
        span(`  ${shorten(printable(path), width - 2 * FIGURE - 12)}`),
      ],
    ),
    ...use.unread.map(
      ({ index, path }): Row => [
        span(`  branch ${index}, ${printable(path)}: it could not be read, and is not counted`, 'warn'),
      ],
    ),
  ];
}

function figuresRow(cells: readonly string[], what: string, width: number, dim: boolean): Row {
  const [index = '', ...figures] = cells;
  const text = `${index.padStart(4)}${figures.map((figure) => figure.padStart(FIGURE)).join('')}`;
  const room = width - text.length - 2;
  return [span(text, dim ? 'dim' : undefined), span(room > 8 ? `  ${shorten(what, room)}` : '', 'dim')];
}
