import type { Layers } from '../../model/document/layers.ts';
import { againBytes, copiedBytes, copiedFiles, type SameContents } from '../../model/layers/same-files.ts';
import type { TreeUse } from '../../model/layers/tree.ts';
import { branchOrigin } from '../../present/columns/branches.ts';
import { comparedSays } from '../../present/layers-use.ts';
import { printable, shorten } from '../../present/printable.ts';
import { formatBytes, formatBytesShort, formatCount, PENDING } from '../../present/units.ts';
import { type Row, span, type Tone, wrap } from '../rows.ts';
import { section } from './fields.ts';

const FIGURE = 10;
/** So many directories are told of. */
const MOST_DIRECTORIES = 30;
/** So many groups of equal files, and so many of each. */
const MOST_GROUPS = 30;
const MOST_FILES = 4;

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
  const { use, same } = measured;
  const total = use.branches.reduce((sum, { shadowed, deleted }) => sum + shadowed + deleted, 0);
  const copied = same === null ? null : copiedBytes(same);
  const isCopied = copiedFiles(same ?? { groups: [] });
  return [
    ...section('What each branch holds'),
    figuresRow(['#', 'seen', 'shadowed', 'deleted', 'copied'], '', width, true),
    ...use.branches.map(({ index, seen, shadowed, deleted }) => {
      const branch = layers.branches.find((each) => each.index === index);
      const again = copied === null ? PENDING : figure(copied.get(index) ?? 0);
      const figures = [...[seen, shadowed, deleted].map(figure), again];
      return figuresRow([String(index), ...figures], branch === undefined ? '' : branchOrigin(branch), width, false);
    }),
    [],
    ...said(`${formatBytes(total)} wasted: in branches, and seen by nobody.`, width, total === 0 ? 'good' : 'warn'),
    ...said(same === null ? COMPARING : comparedSays(same), width),
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
    ...(use.wasted.length === 0 ? [[span('  none', 'dim')]] : []),
    ...use.wasted.map(
      ({ path, bytes, isDeleted, files }): Row => [
        span(formatBytes(bytes).padStart(FIGURE + 2)),
        span((isDeleted ? 'deleted' : files.every(isCopied) ? 'copied' : 'shadowed').padStart(FIGURE + 6), 'dim'),
        span(`  ${shorten(printable(path), width - 2 * FIGURE - 12)}`),
      ],
    ),
    ...(same === null ? [] : sameRows(same, width)),
    ...use.unread.map(
      ({ index, path }): Row => [
        span(`  branch ${index}, ${printable(path)}: it could not be read, and is not counted`, 'warn'),
      ],
    ),
  ];
}

const COMPARING = 'Comparing the contents of files of the same size…  Esc ends it';

function said(text: string, width: number, tone?: Tone): readonly Row[] {
  return wrap(text, width - 2).map((line): Row => [span(' '), span(line, tone)]);
}

/** Files whose bytes several branches have, those first that would save the most. */
function sameRows({ groups }: SameContents, width: number): readonly Row[] {
  return [
    ...section('The same contents in several branches'),
    ...(groups.length === 0 ? [[span('  none', 'dim')]] : []),
    ...groups.slice(0, MOST_GROUPS).map((group): Row => {
      const files = group.files.map(({ index, path }) => `${index} ${printable(path)}`).slice(0, MOST_FILES);
      const more = group.files.length - files.length;
      const text = `${files.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
      return [
        span(formatBytes(againBytes(group)).padStart(FIGURE + 2)),
        span(`${group.files.length} times`.padStart(FIGURE + 6), 'dim'),
        span(`  ${shorten(text, width - 2 * FIGURE - 12)}`),
      ];
    }),
  ];
}

function figure(bytes: number): string {
  return bytes === 0 ? '–' : formatBytesShort(bytes);
}

function figuresRow(cells: readonly string[], what: string, width: number, dim: boolean): Row {
  const [index = '', ...figures] = cells;
  const text = `${index.padStart(4)}${figures.map((figure) => figure.padStart(FIGURE)).join('')}`;
  const room = width - text.length - 2;
  return [span(text, dim ? 'dim' : undefined), span(room > 8 ? `  ${shorten(what, room)}` : '', 'dim')];
}
