import type { LayersPath, PathVersion } from '../../model/document/branch-paths.ts';
import type { Branch, Layers } from '../../model/document/layers.ts';
import { printable } from '../../present/printable.ts';
import { formatBytes, UNKNOWN } from '../../present/units.ts';
import { renderTable } from './text-table.ts';

/** One path of a union: in a sentence who provides it, below every branch that has something there. */
export function layersPathText(document: LayersPath, { branches }: Layers, columns: number | null): string {
  const branchOf = (index: number) => branches.find((branch) => branch.index === index);
  const rows = [
    ...(document.provided === null ? [] : [{ version: document.provided, part: 'seen' }]),
    ...document.shadows.map((version) => ({ version, part: partOf(document, version) })),
  ];
  const table = renderTable(
    [
      { title: 'INDEX', align: 'right', shrink: false },
      { title: 'ROLE', align: 'left', shrink: false },
      { title: 'KIND', align: 'left', shrink: false },
      { title: 'PART', align: 'left', shrink: false },
      { title: 'MODE', align: 'right', shrink: false },
      { title: 'OWNER', align: 'right', shrink: false },
      { title: 'SIZE', align: 'right', shrink: false },
      { title: 'MODIFIED', align: 'left', shrink: false },
      { title: 'PATH', align: 'left', shrink: true },
      { title: 'CREATED BY', align: 'left', shrink: true },
    ],
    rows.map(({ version, part }) => [
      String(version.index),
      branchOf(version.index)?.role ?? UNKNOWN,
      version.kind,
      part,
      version.mode ?? UNKNOWN,
      version.uid === null ? UNKNOWN : `${version.uid}:${version.gid}`,
      formatBytes(version.bytes),
      version.modifiedAt?.replace(/\.\d+Z$/, 'Z') ?? UNKNOWN,
      printable(version.path),
      madeBy(branchOf(version.index)),
    ]),
    columns,
  );
  const over = document.mountedOver;
  const mounted =
    over === null
      ? ''
      : `mounted over: the container sees ${printable(over.source)} (${over.kind} at ${printable(over.target)}), which is in no layer and in no commit\n`;
  return `${printable(document.path)}: ${sentence(document)}\n${mounted}\n${table}`;
}

const STATES = {
  added: 'added by the container',
  changed: 'changed by the container',
  within: 'unchanged itself, something in it may be',
  deleted: 'deleted by the container',
} as const;

function sentence({ path, kind, providedBy, dataFrom, state, shadows }: LayersPath): string {
  if (providedBy === null) {
    const [hider, ...rest] = shadows;
    const was = rest.find(isVersion);
    return [
      `deleted here (${hider?.kind ?? 'whiteout'})`,
      ...(hider === undefined ? [] : [`by ${hider.index}${hider.path === path ? '' : ` at ${printable(hider.path)}`}`]),
      ...(was === undefined ? [] : [`was in ${was.index}`]),
    ].join(' · ');
  }
  const others = shadows.filter((version) => isVersion(version) && version.index !== dataFrom);
  return [
    `${kind} from ${providedBy}`,
    ...(dataFrom === null ? [] : [`its contents from ${dataFrom}`]),
    ...named(
      'also in',
      others.filter(({ merged }) => merged),
    ),
    ...named(
      'hides',
      others.filter(({ merged }) => !merged),
    ),
    ...(state === null ? [] : [STATES[state]]),
  ].join(' · ');
}

function named(what: string, versions: readonly PathVersion[]): readonly string[] {
  const indexes = [...new Set(versions.map(({ index }) => index))];
  return indexes.length === 0 ? [] : [`${what} ${indexes.join(', ')}`];
}

function isVersion({ kind }: Pick<PathVersion, 'kind'>): boolean {
  return kind !== 'whiteout' && kind !== 'opaque';
}

function partOf({ dataFrom }: LayersPath, { index, kind, merged }: PathVersion): string {
  if (index === dataFrom) {
    return 'contents';
  }
  if (!isVersion({ kind })) {
    return 'hides';
  }
  return merged ? 'merged' : 'hidden';
}

function madeBy(branch: Branch | undefined): string {
  return branch?.createdBy == null ? (branch?.digest ?? UNKNOWN) : printable(branch.createdBy);
}
