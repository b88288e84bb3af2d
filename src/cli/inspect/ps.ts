import type { Container } from '../../model/document/container.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { sortRows } from '../../present/columns/column.ts';
import {
  type ContainerColumn,
  type ContainerColumnKey,
  type ContainerRow,
  containerColumns,
  containerContext,
  containerRows,
} from '../../present/columns/containers.ts';
import { printable } from '../../present/printable.ts';
import { formatCores, formatDuration, formatLimit } from '../../present/units.ts';
import { allContainers } from '../find-container.ts';
import { jsonDocument, type Output } from '../output.ts';
import type { Verb } from '../verb.ts';
import { type ContainerFilter, matchesFilters, parseContainerFilter } from './container-filter.ts';
import { pickColumns, renderColumns } from './text-table.ts';

type PsOptions = {
  readonly all?: boolean;
  readonly quiet?: boolean;
  readonly trunc: boolean;
  readonly filter?: readonly ContainerFilter[];
  readonly sort?: ContainerColumnKey;
  readonly json?: boolean;
};

const SHOWN: readonly ContainerColumnKey[] = [
  'id',
  'name',
  'engine',
  'status',
  'pid',
  'procs',
  'ns',
  'cpu',
  'mem',
  'pids',
  'up',
  'image',
];
/** What a narrow terminal goes without, the first first: `inspect` and JSON have it all. */
const YIELDS: readonly ContainerColumnKey[] = ['procs', 'pids', 'mem', 'cpu', 'ns', 'pid', 'engine'];
/** Rates need two looks, and `ps` looks once: they sort nothing. */
const SORTS: readonly ContainerColumnKey[] = [...SHOWN, 'command', 'group'];

export const ps: Verb = {
  define(command, run) {
    command
      .option('-a, --all', 'also the stopped ones that the engines know')
      .option('-q, --quiet', 'ids only')
      .option('--no-trunc', 'full ids, nothing shortened or left out')
      .option(
        '-f, --filter <key=value>',
        'name, id, engine, status, label or image; repeatable: the same key is either, different keys are both',
        parseContainerFilter,
      )
      .addOption(command.createOption('--sort <key>', 'order by this column').choices([...SORTS]))
      .addOption(command.createOption('--json', 'print JSON').conflicts('quiet'))
      .action((options: PsOptions) =>
        run.look(async ({ session, output }) => {
          const sorts = options.sort === undefined ? [] : pickColumns(containerColumns, [options.sort]);
          const [column = null] = sorts.map((sort) => psColumn(sort, true));
          // Scripts get every part in one look; a table shows none of them.
          const snapshot = await session.look({
            stopped: wantsStopped(options),
            ...(options.json === true ? { detail: 'all', network: true } : { figures: 'summary' }),
          });
          const rows = chooseRows(snapshot, options, column);
          if (options.json === true) {
            output.write(psJson(snapshot, rows));
          } else if (options.quiet === true) {
            output.write(rows.map((row) => `${idOf(row, options.trunc)}\n`).join(''));
          } else {
            output.write(psTable(snapshot, rows, options.trunc, output));
            output.notices(snapshot.host.notices);
          }
        }),
      );
  },
};

/** Docker's rule: a status filter implies `--all`. */
function wantsStopped({ all, filter = [] }: Pick<PsOptions, 'all' | 'filter'>): boolean {
  return all === true || filter.some(({ key }) => key === 'status');
}

/** The containers a person asked for, in the order they asked for. */
export function chooseRows(
  snapshot: Snapshot,
  options: Pick<PsOptions, 'all' | 'filter'>,
  column: ContainerColumn | null,
): readonly ContainerRow[] {
  const filters = options.filter ?? [];
  const containers = wantsStopped(options) ? allContainers(snapshot) : snapshot.containers;
  const rows = containerRows({ ...snapshot, containers }).filter(({ container }) => matchesFilters(container, filters));
  return column === null ? rows : sortRows(rows, column, false);
}

export function psJson(snapshot: Snapshot, rows: readonly ContainerRow[]): string {
  const containers: readonly Container[] = rows.map(({ container }) => container);
  return jsonDocument({ schema: 'nsview/1', host: snapshot.host, containers });
}

function idOf({ container }: ContainerRow, trunc: boolean): string {
  return printable(trunc ? container.shortId : container.id);
}

export function psTable(
  snapshot: Snapshot,
  rows: readonly ContainerRow[],
  trunc: boolean,
  output: Pick<Output, 'columns'>,
): string {
  const columns = pickColumns(containerColumns, SHOWN).map((column) => psColumn(column, trunc));
  return renderColumns(columns, rows, containerContext(snapshot, 'figures'), trunc ? output.columns : null, YIELDS);
}

/** The dashboard's column, as one look can fill it: of the CPU the limit alone. */
function psColumn(column: ContainerColumn, trunc: boolean): ContainerColumn {
  switch (column.key) {
    case 'id':
      return { ...column, cell: (row) => idOf(row, trunc) };
    case 'status':
      return { ...column, cell: ({ container }, { atMs }) => statusText(container, atMs) };
    case 'cpu':
      return {
        ...column,
        title: 'CPUS',
        cell: ({ container }) => formatLimit(container.cgroup?.cpu.limitCores ?? null, formatCores),
        value: ({ container }) => cpuLimit(container),
      };
    default:
      return column;
  }
}

/** As `docker ps` words it: `exited (137) 5m ago`. */
function statusText({ status, exit }: Container, atMs: number): string {
  if (exit === null) {
    return status;
  }
  const ago = exit.at === null ? '' : ` ${formatDuration((atMs - Date.parse(exit.at)) / 1000)} ago`;
  return `${status} (${exit.code})${ago}`;
}

function cpuLimit({ cgroup }: Container): number | null {
  const limit = cgroup?.cpu.limitCores ?? null;
  return limit === 'max' ? Number.POSITIVE_INFINITY : limit;
}
