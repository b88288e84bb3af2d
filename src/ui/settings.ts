import { branchColumns } from '../present/columns/branches.ts';
import { containerColumns } from '../present/columns/containers.ts';
import { mountColumns } from '../present/columns/mounts.ts';
import { hostNamespaceColumns, namespaceColumns } from '../present/columns/namespaces.ts';
import { processColumns } from '../present/columns/processes.ts';
import { type Scale, scales } from '../present/columns/scale.ts';

/** Which columns a table shows, and in which order its rows come. `sort` null: the table's own order. */
export type TableSettings = {
  readonly columns: readonly string[];
  readonly sort: string | null;
  readonly reversed: boolean;
};

export const groupings = ['none', 'engine', 'group'] as const;
export type Grouping = (typeof groupings)[number];

/** What `S` saves. */
export type Settings = {
  readonly tables: { readonly [id in TableId]: TableSettings };
  readonly scale: Scale;
  readonly group: Grouping;
};

/** Every table of the dashboard. Where `sort` is null its rows have an order of their own: a tree, a stack. */
const TABLES = {
  containers: { all: keys(containerColumns), hidden: ['id', 'procs', 'command', 'group'], sort: 'name' },
  hostNamespaces: { all: keys(hostNamespaceColumns), hidden: [], sort: 'type' },
  namespaces: { all: keys(namespaceColumns), hidden: [], sort: null },
  processes: { all: keys(processColumns), hidden: [], sort: null },
  branches: { all: keys(branchColumns), hidden: [], sort: null },
  mounts: { all: keys(mountColumns), hidden: [], sort: null },
} as const;

export type TableId = keyof typeof TABLES;
const TABLE_IDS = Object.keys(TABLES) as readonly TableId[];

function keys(columns: readonly { readonly key: string }[]): readonly string[] {
  return columns.map(({ key }) => key);
}

export const defaultSettings: Settings = {
  tables: tablesFrom((id) => {
    const { all, hidden, sort } = TABLES[id];
    const isHidden = new Set<string>(hidden);
    return { columns: all.filter((key) => !isHidden.has(key)), sort, reversed: false };
  }),
  scale: 'figures',
  group: 'none',
};

function tablesFrom(make: (id: TableId) => TableSettings): Settings['tables'] {
  return Object.fromEntries(TABLE_IDS.map((id) => [id, make(id)])) as { [id in TableId]: TableSettings };
}

/** Settings from a file that a person may have edited: whatever is not understood is the default. */
export function readSettings(raw: unknown): Settings {
  const root = asRecord(raw);
  const tables = asRecord(root['tables']);
  return {
    tables: tablesFrom((id) => readTable(id, asRecord(tables[id]))),
    scale: scales.find((scale) => scale === root['scale']) ?? defaultSettings.scale,
    group: groupings.find((group) => group === root['group']) ?? defaultSettings.group,
  };
}

function readTable(id: TableId, raw: Record<string, unknown>): TableSettings {
  const { all } = TABLES[id];
  const fallback = defaultSettings.tables[id];
  const chosen = Array.isArray(raw['columns']) ? all.filter((key) => (raw['columns'] as unknown[]).includes(key)) : [];
  return {
    columns: chosen.length === 0 ? fallback.columns : chosen,
    sort: all.find((key) => key === raw['sort']) ?? fallback.sort,
    reversed: raw['reversed'] === true,
  };
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
