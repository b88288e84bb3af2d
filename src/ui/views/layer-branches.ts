import type { Branch } from '../../model/document/layers.ts';
import type { MergedEntry } from '../../model/layers/union.ts';
import { branchOrigin } from '../../present/columns/branches.ts';
import { displayWidth, fitText, shorten } from '../../present/printable.ts';
import { formatBytesShort, formatCount, PENDING } from '../../present/units.ts';
import { bold, fitRow, type Row, span, type Tone } from '../rows.ts';

export const ROLE_TONES: { readonly [role in Branch['role']]?: Tone } = { rw: 'good', init: 'accent', data: 'dim' };

/** What the columns before the instruction take. */
const NARROW = 25;
const LEAST_TREE = 50;
/** A tree of so many columns has room for all that it tells. */
const WHOLE_TREE = 100;

/** Columns for the branches beside the tree: none where the tree needs them all, never more than their text takes. */
export function besideWidth(columns: number, branches: readonly Branch[]): number {
  if (columns < NARROW + LEAST_TREE) {
    return 0;
  }
  const longest = branches.reduce((most, branch) => Math.max(most, displayWidth(branchOrigin(branch))), 0);
  const room = Math.max(Math.floor(columns * 0.3), columns - WHOLE_TREE);
  return Math.max(NARROW, Math.min(room, NARROW + 2 * USED + 2 + longest));
}

/** From so many columns on there is room for how many containers and images have it. */
const USED_FROM = 45;
const USED = 4;

function usedWidth(width: number): number {
  return width < USED_FROM ? 0 : 2 * USED;
}

function used(width: number, ...counts: readonly (number | null)[]): string {
  return usedWidth(width) === 0 ? '' : counts.map((count) => formatCount(count).padStart(USED)).join('');
}

/**
 * The branches, top first, in so many rows: the one that provides the selected path is marked, and so are those that have
 * it too (hidden) and those that merge into it. Of many those around the marked one are shown.
 */
export function branchRows(
  branches: readonly Branch[],
  isCounting: (branch: Branch) => boolean,
  entry: MergedEntry | null,
  { width, height }: { readonly width: number; readonly height: number },
): readonly Row[] {
  const provider = entry?.version?.index ?? entry?.deletedBy?.index ?? null;
  const room = Math.max(1, height - 1);
  const at = Math.max(
    0,
    branches.findIndex(({ index }) => index === provider),
  );
  const top = Math.min(Math.max(0, at - Math.floor(room / 2)), Math.max(0, branches.length - room));
  const rows = branches.slice(top, top + room).map((branch): Row => {
    const isProvider = branch.index === provider;
    const shadow = entry?.shadows.find(({ index }) => index === branch.index);
    const mark = isProvider ? '●' : shadow === undefined ? ' ' : shadow.merged ? '+' : '○';
    const size = isCounting(branch) ? PENDING : formatBytesShort(branch.bytes);
    const text = ` ${String(branch.index).padStart(3)} ${branch.role.padEnd(5)} ${branch.access.padEnd(5)} ${size.padStart(6)}`;
    return fitRow(
      [
        bold(mark, isProvider ? 'accent' : undefined),
        isProvider ? bold(text, ROLE_TONES[branch.role]) : span(text, ROLE_TONES[branch.role]),
        span(used(width, branch.containers, branch.images), 'dim'),
        span(
          width > NARROW + 8 ? ` ${shorten(branchOrigin(branch), width - NARROW - usedWidth(width) - 2)}` : '',
          'dim',
        ),
      ],
      width - 1,
    );
  });
  const title = span(fitText(`    # ROLE  ACC     SIZE${usedWidth(width) > 0 ? ' CTR IMG' : ''}`, width - 1), 'dim');
  return Array.from({ length: height }, (_, index): Row => {
    const row = index === 0 ? [title] : (rows[index - 1] ?? []);
    return [...fitRow(row, width - 1), span('│', 'dim')];
  });
}
