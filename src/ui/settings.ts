import { type Scale, scales } from '../present/columns/scale.ts';
import { columnsOf, type TableId, tableIds } from './table-columns.ts';

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

/** What a table hides and how it is sorted at first. `sort` null: its rows have an order of their own: a tree, a stack. */
const FIRST: { readonly [id in TableId]: { readonly hidden: readonly string[]; readonly sort: string | null } } = {
  containers: { hidden: ['id', 'procs', 'command', 'group'], sort: 'name' },
  hostNamespaces: { hidden: [], sort: 'type' },
  hostGroups: { hidden: ['kind', 'state'], sort: 'group' },
  groupProcesses: { hidden: ['insideuid'], sort: 'cpu' },
  namespaces: { hidden: [], sort: null },
  processes: { hidden: [], sort: null },
  branches: { hidden: [], sort: null },
  mounts: { hidden: [], sort: null },
};

function keysOf(id: TableId): readonly string[] {
  return columnsOf(id).map(({ key }) => key);
}

export const defaultSettings: Settings = {
  tables: tablesFrom((id) => {
    const { hidden, sort } = FIRST[id];
    return { columns: keysOf(id).filter((key) => !hidden.includes(key)), sort, reversed: false };
  }),
  scale: 'figures',
  group: 'none',
};

function tablesFrom(make: (id: TableId) => TableSettings): Settings['tables'] {
  return Object.fromEntries(tableIds.map((id) => [id, make(id)])) as { [id in TableId]: TableSettings };
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
  const all = keysOf(id);
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
