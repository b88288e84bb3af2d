import type { LayersPath } from '../../model/document/branch-paths.ts';
import type { Layers } from '../../model/document/layers.ts';
import { madeBy, mountedSentence, partOf, pathSentence } from '../../present/layers-path.ts';
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
  const over = mountedSentence(document);
  const mounted = over === null ? '' : `${over}\n`;
  return `${printable(document.path)}: ${pathSentence(document)}\n${mounted}\n${table}`;
}
