import type { ContainerProcess } from '../../model/document/process.ts';
import {
  type ProcessColumn,
  type ProcessColumnKey,
  type ProcessContext,
  processColumns,
} from '../../present/columns/processes.ts';
import { formatDuration } from '../../present/units.ts';
import { lookInto, refArgument } from '../find-container.ts';
import { jsonDocument } from '../output.ts';
import type { Verb } from '../verb.ts';
import { pickColumns, renderColumns } from './text-table.ts';

const SHOWN: readonly ProcessColumnKey[] = [
  'pid',
  'inside',
  'uid',
  'insideuid',
  'state',
  'threads',
  'rss',
  'cpu',
  'cgroup',
  'command',
];

export const top: Verb = {
  define(command, run) {
    command
      .argument(...refArgument)
      .option('--json', 'print JSON')
      .action((ref: string, options: { json?: boolean }) =>
        run.look(async ({ session, output }) => {
          // The users inside come from its id maps, which are read with its details.
          const container = await lookInto(session, ref);
          output.write(
            options.json === true
              ? jsonDocument({ schema: 'nsview/1', id: container.id, processes: container.processes })
              : topTable(container.processes, output.columns),
          );
        }),
      );
  },
};

export function topTable(processes: readonly ContainerProcess[], columns: number | null): string {
  const shown = pickColumns(processColumns, SHOWN).map(onceColumn);
  return renderColumns<ContainerProcess, ProcessContext>(shown, processes, { percent: false }, columns);
}

/** One look knows no rates: CPU is the time used so far. */
function onceColumn(column: ProcessColumn): ProcessColumn {
  return column.key === 'cpu'
    ? { ...column, title: 'TIME', cell: (process) => formatDuration(process.cpuSeconds) }
    : column;
}
