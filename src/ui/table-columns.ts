import { branchColumns } from '../present/columns/branches.ts';
import { containerColumns } from '../present/columns/containers.ts';
import { hostGroupColumns } from '../present/columns/host-groups.ts';
import { mountColumns } from '../present/columns/mounts.ts';
import { hostNamespaceColumns, namespaceColumns } from '../present/columns/namespaces.ts';
import { processColumns } from '../present/columns/processes.ts';

export type TableId =
  | 'containers'
  | 'hostNamespaces'
  | 'hostGroups'
  | 'groupProcesses'
  | 'namespaces'
  | 'processes'
  | 'branches'
  | 'mounts';

type ColumnName = { readonly key: string; readonly title: string; readonly description: string };

const COLUMNS: { readonly [id in TableId]: readonly ColumnName[] } = {
  containers: containerColumns,
  hostNamespaces: hostNamespaceColumns,
  hostGroups: hostGroupColumns,
  groupProcesses: processColumns,
  namespaces: namespaceColumns,
  processes: processColumns,
  branches: branchColumns,
  mounts: mountColumns,
};

export const tableIds = Object.keys(COLUMNS) as readonly TableId[];

/** Every column a table can show or be sorted by. */
export function columnsOf(id: TableId): readonly ColumnName[] {
  return COLUMNS[id];
}
