import type { HostNamespace } from '../../model/document/namespace.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import type { Column } from '../../present/columns/column.ts';
import { type AreSomeHidden, hostNamespaceColumns } from '../../present/columns/namespaces.ts';
import { hasHiddenMembers } from '../../present/namespace-members.ts';
import { fitText } from '../../present/printable.ts';
import { type Row, span, type Tone } from '../rows.ts';
import type { UiState } from '../state.ts';
import type { Body } from './body.ts';
import { type TableSpec, tableBody } from './table.ts';

const columns: readonly Column<HostNamespace, AreSomeHidden>[] = hostNamespaceColumns;

/** The host's own initial namespaces stand back behind those that somebody made. */
function toned(key: string, toneOf: (row: HostNamespace) => Tone | undefined) {
  const column = columns.find((candidate) => candidate.key === key);
  return (row: HostNamespace, width: number, areSomeHidden: AreSomeHidden): Row => [
    span(fitText(column?.cell(row, areSomeHidden) ?? '', width, column?.align), toneOf(row)),
  ];
}

const initialTone = ({ initial }: HostNamespace) => (initial === true ? 'dim' : undefined);

const spec: TableSpec<HostNamespace, AreSomeHidden> = {
  id: 'hostNamespaces',
  columns,
  key: ({ type, inode }) => `${type}:${inode}`,
  yields: ['owneruid', 'parent', 'owner', 'held', 'procs'],
  extra: {},
  draw: {
    type: toned('type', initialTone),
    inode: toned('inode', initialTone),
    containers: toned('containers', initialTone),
    held: toned('held', ({ processes, heldBy }) => (processes.length === 0 && heldBy.length > 0 ? 'warn' : 'dim')),
  },
  copy: ({ type, inode }) => `${type}:[${inode}]`,
};

/** Every namespace of the host: who is in it, and what keeps it alive. */
export function hostNamespacesBody(snapshot: Snapshot, ui: UiState): Body {
  return tableBody(spec, {
    items: snapshot.namespaces,
    context: hasHiddenMembers(snapshot.host.notices),
    settings: ui.tables.hostNamespaces,
    filter: ui.filters.hostNamespaces,
    groupOf: null,
    width: ui.size.columns,
    empty: [[], [span('  Reading the namespaces…', 'dim')]],
  });
}
