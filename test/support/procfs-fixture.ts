import type { Procfs } from '../../src/model/document/procfs.ts';
import { buildProcfs } from '../../src/model/procview/build-procfs.ts';
import type { ViewInput } from '../../src/model/procview/input.ts';
import type { ProcfsSample, SeenFile } from '../../src/model/procview/sample.ts';
import { NO_HISTORY } from '../../src/model/procview/view.ts';
import { mapReading, ok } from '../../src/model/reading.ts';
import { cgroupFixture } from './container-fixture.ts';
import { straced } from './lxcfs-captures.ts';

/** A container with 64 MiB, half a CPU and CPU 0, as it was captured on a host with two CPUs: seen is what the host has. */
function procfsSample(seen: { readonly [file: string]: SeenFile } = {}): ProcfsSample {
  const captures = straced('docker-base');
  const merged = captures.reduce<ViewInput>(
    (input, capture) => ({
      ...capture.input,
      init: capture.input.init?.stat == null ? input.init : capture.input.init,
      cgroups: { ...input.cgroups, ...capture.input.cgroups },
      host: { ...input.host, ...capture.input.host },
    }),
    (captures[0] as (typeof captures)[number]).input,
  );
  const input = { ...merged, bootTime: { seconds: 1463, nanoseconds: 250_000_000 } };
  const files = ['meminfo', 'cpuinfo', 'stat', 'uptime', 'loadavg', 'swaps', 'cpu/online'] as const;
  const kernel = files.map((file) => [file, { cover: 'kernel', text: ok(input.host[file] ?? '') }] as const);
  return {
    input: ok(input),
    seen: { ...Object.fromEntries(kernel), ...seen },
    unread: [],
    lxcfs: null,
    history: NO_HISTORY,
    affinity: '0',
  };
}

/** `change`: of what lxcfs reads. */
export function procfsFixture(
  seen: { readonly [file: string]: SeenFile } = {},
  change: (input: ViewInput) => ViewInput = (input) => input,
): Procfs {
  const cgroup = cgroupFixture('/docker/1');
  const limited = {
    cpu: { ...cgroup.cpu, limitCores: 0.5, usageUs: 660_000 },
    memory: { ...cgroup.memory, usageBytes: 15_368_192, limitBytes: 67_108_864, swapLimitBytes: 67_108_864 },
  };
  const sample = procfsSample(seen);
  const built = buildProcfs({ ...sample, input: mapReading(sample.input, change) }, limited, null);
  if (built === null) throw new Error('the capture has a group');
  return built.procfs;
}
