import type { CgroupLayout } from '../../model/cgroup/layout.ts';
import { lxcfsAtHand } from '../../model/procview/answers.ts';
import { type DaemonMemory, remember } from '../../model/procview/daemon-memory.ts';
import { prunedPath, type ViewInput } from '../../model/procview/input.ts';
import type { ProcfsSample } from '../../model/procview/sample.ts';
import { NO_HISTORY, type ViewHistory } from '../../model/procview/view.ts';
import { cgroupDirectory } from '../cgroup/layout.ts';
import type { Host } from '../host.ts';
import { readLoadCount } from './load-count.ts';

/** What the lxcfs of each container would remember, from one sample to the next. */
export type DaemonMemories = {
  /** To be called once a sample: it counts as a read. */
  read(key: string, sample: Omit<ProcfsSample, 'history'>, layout: CgroupLayout): ViewHistory;
  /** Forgets containers that are no more. */
  keepOnly(keys: ReadonlySet<string>): void;
};

export function openDaemonMemories(host: Host): DaemonMemories {
  const memories = new Map<string, DaemonMemory>();

  function read(key: string, { input, lxcfs: mounted }: Omit<ProcfsSample, 'history'>, layout: CgroupLayout) {
    if (input.status !== 'ok') {
      return NO_HISTORY;
    }
    const lxcfs = lxcfsAtHand({ lxcfs: mounted }, input.value.version);
    if (!lxcfs.options.loadavg && !lxcfs.options.cfs) {
      return NO_HISTORY;
    }
    const { history, after } = remember(
      memories.get(key) ?? null,
      { input: input.value, lxcfs, nowUs: host.monotonicUs() },
      () => {
        const directory = cpuGroup(layout, input.value);
        return directory === null ? null : readLoadCount(host, directory);
      },
    );
    memories.set(key, after);
    return history;
  }

  return {
    read,
    keepOnly: (keys) => {
      for (const key of memories.keys()) {
        if (!keys.has(key)) {
          memories.delete(key);
        }
      }
    },
  };
}

function cpuGroup(layout: CgroupLayout, { version, viewer }: ViewInput): string | null {
  const mount = version === 1 ? layout.v1['cpu'] : layout.v2;
  const path = viewer.paths['cpu'];
  return mount == null || path === undefined ? null : cgroupDirectory(mount, prunedPath(path));
}
