import type { StatsLine } from '../../model/document/outputs.ts';
import { pidOfRef } from '../../model/ref.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import {
  type ContainerColumnKey,
  containerColumns,
  containerContext,
  containerRows,
} from '../../present/columns/containers.ts';
import { findContainer, mustRun } from '../find-container.ts';
import { jsonLine } from '../output.ts';
import type { Verb } from '../verb.ts';
import { pickColumns, renderColumns } from './text-table.ts';
import { everyInterval, intervalOption, parseCount } from './ticks.ts';

type StatsOptions = { readonly interval: number; readonly count?: number; readonly json?: boolean };

const SHOWN: readonly ContainerColumnKey[] = ['id', 'name', 'cpu', 'thr', 'mem', 'pids', 'io', 'net', 'psi'];

export const stats: Verb = {
  define(command, run) {
    command
      .argument('[ref...]', 'containers; without any, all that run')
      .addOption(intervalOption('tables'))
      .option('-n, --count <number>', 'end after so many tables', parseCount)
      .option('--json', 'print JSON, one document per line')
      .action((refs: readonly string[], options: StatsOptions) =>
        run.watch(async ({ session, output }) => {
          const also = { alsoPids: refs.map(pidOfRef).filter((pid) => pid !== null) };
          const first = await session.look({ network: true, stopped: refs.length > 0, ...also });
          const ids = refs.length === 0 ? null : new Set(refs.map((ref) => mustRun(findContainer(first, ref)).id));
          let begun = false;
          await everyInterval(options.interval, options.count ?? null, async () => {
            const snapshot = narrowTo(await session.look({ network: true, rates: true, ...also }), ids);
            if (options.json === true) {
              output.write(jsonLine(statsLine(snapshot)));
            } else {
              output.write(`${begun ? '\n' : ''}${statsTable(snapshot, output.columns)}`);
            }
            begun = true;
            return ids === null || snapshot.containers.length > 0;
          });
        }),
      );
  },
};

/** What runs, or what was asked for and still runs. */
export function narrowTo(snapshot: Snapshot, ids: ReadonlySet<string> | null): Snapshot {
  const containers = snapshot.containers.filter(
    ({ id, init, processes }) => (init !== null || processes.length > 0) && (ids === null || ids.has(id)),
  );
  return { ...snapshot, containers };
}

export function statsTable(snapshot: Snapshot, columns: number | null): string {
  const shown = pickColumns(containerColumns, SHOWN);
  return renderColumns(shown, containerRows(snapshot), containerContext(snapshot, 'figures'), columns);
}

export function statsLine(snapshot: Snapshot): StatsLine {
  return {
    schema: 'nsview/1',
    at: new Date(snapshot.atMs).toISOString(),
    containers: snapshot.containers.map(({ id, name, cgroup }) => {
      const rates = snapshot.rates[id];
      return {
        id,
        name,
        cpuCores: cgroup?.cpu.usageCores ?? null,
        cpuOfLimitPercent: cgroup?.cpu.ofLimitPercent ?? null,
        throttledPercent: cgroup?.cpu.throttledPercent ?? null,
        workingSetBytes: cgroup?.memory.workingSetBytes ?? null,
        memoryOfLimitPercent: cgroup?.memory.ofLimitPercent ?? null,
        pids: cgroup?.pids.current ?? null,
        readBytesPerSecond: rates?.readBytes ?? null,
        writeBytesPerSecond: rates?.writeBytes ?? null,
        rxBytesPerSecond: rates?.rxBytes ?? null,
        txBytesPerSecond: rates?.txBytes ?? null,
        cpuLimitCores: cgroup?.cpu.limitCores ?? null,
        heldBackCores: cgroup?.cpu.heldBackCores ?? null,
        lostUsPerThrottledPeriod: cgroup?.cpu.lostUsPerThrottledPeriod ?? null,
        usageBytes: cgroup?.memory.usageBytes ?? null,
        anonBytes: cgroup?.memory.anonBytes ?? null,
        fileBytes: cgroup?.memory.fileBytes ?? null,
        memoryLimitBytes: cgroup?.memory.limitBytes ?? null,
        pidsLimit: cgroup?.pids.limit ?? null,
        cpuPressurePercent: cgroup?.pressure?.cpu?.some?.avg10 ?? null,
        memoryPressurePercent: cgroup?.pressure?.memory?.some?.avg10 ?? null,
        ioPressurePercent: cgroup?.pressure?.io?.some?.avg10 ?? null,
      };
    }),
  };
}
