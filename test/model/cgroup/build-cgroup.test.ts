import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildCgroup } from '../../../src/model/cgroup/build-cgroup.ts';
import type { CgroupSample } from '../../../src/model/cgroup/sample.ts';
import { cgroupSchema } from '../../../src/model/document/cgroup.ts';
import { gone, valueOr } from '../../../src/model/reading.ts';
import { finish } from '../../../src/model/steps.ts';
import { cgroupLayout } from '../../../src/probes/cgroup/layout.ts';
import { type CgroupReader, openCgroupReader } from '../../../src/probes/cgroup/read-cgroup.ts';
import { parseProcCgroup } from '../../../src/probes/proc/cgroup.ts';
import { readMountinfo } from '../../../src/probes/proc/mountinfo.ts';
import { loadTree, type MemoryHost } from '../../support/memory-host.ts';

const MIB = 2 ** 20;

type Bench = { readonly host: MemoryHost; sample(): CgroupSample };

function open(tree: string, pid = 4242): Bench {
  const host = loadTree(tree);
  const layout = cgroupLayout(valueOr(readMountinfo(host, 'self'), []));
  const memberships = valueOr(parseProcCgroup(valueOr(host.readText(`/proc/${pid}/cgroup`, 'gone'), '')), []);
  const reader: CgroupReader = openCgroupReader(host);
  return {
    host,
    sample() {
      const [sample] = finish(reader.read(layout, [memberships]));
      if (sample == null) {
        throw new Error('no sample');
      }
      return sample;
    },
  };
}

const v1 = '/sys/fs/cgroup';
const child = (controller: string, file: string) => `${v1}/${controller}/pod/child/${file}`;
const scope = '/pod.slice/libpod-1.scope';

describe('on a v1 hybrid host', () => {
  const { sample } = open('cgroup-v1-hybrid');
  const { cgroup, problems } = buildCgroup(sample(), null, 'hybrid');

  it('is what the schema says', () => {
    expect(cgroupSchema.parse(cgroup)).toEqual(cgroup);
    expect(problems).toEqual([]);
  });

  it('the tightest limit and the group that imposes it', () => {
    expect(cgroup.cpu).toMatchObject({ limitCores: 0.2, limitedBy: '/pod/child', quotaUs: 20000, periodUs: 100000 });
    expect(cgroup.memory).toMatchObject({ limitBytes: 96 * MIB, limitedBy: '/pod' });
    expect(cgroup.pids).toEqual({ current: 1, limit: 20, limitedBy: '/pod' });
    expect(cgroup.files['memory.limitBytes']).toBe(`${v1}/memory/pod/memory.limit_in_bytes`);
  });

  it('swap alone, of what v1 limits together with memory', () => {
    // 128 MiB of both over the parent, of which memory takes at most 96.
    expect(cgroup.memory.swapLimitBytes).toBe(32 * MIB);
  });

  it('the whole subtree’s pages, by the total_ keys', () => {
    expect(cgroup.memory).toMatchObject({
      usageBytes: 389120,
      anonBytes: 110592,
      fileBytes: 204800,
      softLimitBytes: 64 * MIB,
      highBytes: null,
    });
    expect(cgroup.memory.workingSetBytes).toBe(389120 - (cgroup.memory.inactiveFileBytes ?? 0));
  });

  it('no rate without a sample before', () => {
    expect(cgroup.cpu).toMatchObject({ usageCores: null, ofLimitPercent: null, throttledPercent: null });
  });
});

describe('rates', () => {
  it('are growth over the monotonic clock', () => {
    const { host, sample } = open('cgroup-v1-hybrid');
    const before = sample();
    host.advance(2000);
    host.write(child('cpuacct', 'cpuacct.usage'), `${342365653 + 200_000_000}\n`);
    host.write(child('cpu', 'cpu.stat'), 'nr_periods 36\nnr_throttled 31\nthrottled_time 2046691415\n');
    const { cpu } = buildCgroup(sample(), before, 'hybrid').cgroup;
    expect(cpu.usageCores).toBeCloseTo(0.1, 9);
    expect(cpu.ofLimitPercent).toBeCloseTo(50, 9);
    expect(cpu).toMatchObject({ periods: 36, throttledPeriods: 31, throttledUs: 2046691.415, throttledPercent: 75 });
  });

  it('are null, and never negative, when a counter began anew', () => {
    const { host, sample } = open('cgroup-v1-hybrid');
    const before = sample();
    host.advance(1000);
    host.write(child('cpuacct', 'cpuacct.usage'), '1000\n');
    host.write(child('cpu', 'cpu.stat'), 'nr_periods 1\nnr_throttled 0\nthrottled_time 0\n');
    const { cpu } = buildCgroup(sample(), before, 'hybrid').cgroup;
    expect(cpu).toMatchObject({ usageUs: 1, usageCores: null, ofLimitPercent: null, throttledPercent: null });
  });

  it('are null where no time has passed', () => {
    const { sample } = open('cgroup-v1-hybrid');
    const before = sample();
    expect(buildCgroup(sample(), before, 'hybrid').cgroup.cpu.usageCores).toBeNull();
  });

  it('nothing is throttled where no period passed', () => {
    const { host, sample } = open('cgroup-v1-hybrid');
    const before = sample();
    host.advance(1000);
    expect(buildCgroup(sample(), before, 'hybrid').cgroup.cpu).toMatchObject({ usageCores: 0, throttledPercent: 0 });
  });
});

describe('on a v2 host, in a group below the one with the limits', () => {
  const { host, sample } = open('cgroup-v2');
  const first = sample();
  const { cgroup, problems } = buildCgroup(first, null, 'unified');

  it('is what the schema says', () => {
    expect(cgroupSchema.parse(cgroup)).toEqual(cgroup);
  });

  it('the limits of the ancestors', () => {
    expect(cgroup.cpu).toMatchObject({ limitCores: 0.3, limitedBy: '/pod.slice' });
    expect(cgroup.memory).toMatchObject({
      limitBytes: 64 * MIB,
      limitedBy: scope,
      highBytes: 48 * MIB,
      swapLimitBytes: 32 * MIB,
      softLimitBytes: null,
    });
    expect(cgroup.pids).toEqual({ current: 2, limit: 12, limitedBy: '/pod.slice' });
  });

  it('throttling where the limit is', () => {
    expect(cgroup.cpu).toMatchObject({ periods: 23, throttledPeriods: 22, throttledUs: 1390000 });
    host.advance(1000);
    host.write(`${v1}/pod.slice/cpu.stat`, 'usage_usec 1\nnr_periods 33\nnr_throttled 27\nthrottled_usec 1400000\n');
    expect(buildCgroup(sample(), first, 'unified').cgroup.cpu.throttledPercent).toBe(50);
  });

  it('says what the figures do not', () => {
    expect(cgroup.warnings).toEqual([
      `cpu: not enabled for this group; the figures are those of ${scope}`,
      `memory: not enabled for this group; the figures are those of ${scope}`,
      `pids: not enabled for this group; the figures are those of ${scope}`,
      `io: not enabled for this group; the figures are those of ${scope}`,
      'cpu: the throttling shown is that of /pod.slice, which imposes the limit',
    ]);
  });

  it('a kernel without PSI is one problem, with its remedy', () => {
    expect(cgroup.pressure).toBeNull();
    expect(problems).toEqual([
      expect.objectContaining({ path: `${v1}${scope}/container/cpu.pressure`, remedy: 'boot with psi=1' }),
    ]);
  });
});

describe('what goes wrong', () => {
  it('a denied file is null with a problem, the rest stays', () => {
    const { sample } = open('cgroup-v1-hybrid');
    const whole = sample();
    const path = child('memory', 'memory.usage_in_bytes');
    const { cgroup, problems } = buildCgroup(
      {
        ...whole,
        memory: {
          ...whole.memory,
          usageBytes: { reading: { status: 'denied', path, code: 'EACCES' }, file: path },
        },
      },
      null,
      'hybrid',
    );
    expect(cgroup.memory).toMatchObject({ usageBytes: null, workingSetBytes: null, limitBytes: 96 * MIB });
    expect(problems).toEqual([expect.objectContaining({ path, code: 'EACCES' })]);
  });

  it('a limit that cannot be read leaves the effective limit unknown', () => {
    const { host, sample } = open('cgroup-v1-hybrid');
    host.write(`${v1}/pids/pod/pids.max`, 'many\n');
    const { cgroup, problems } = buildCgroup(sample(), null, 'hybrid');
    expect(cgroup.pids).toMatchObject({ limit: null, limitedBy: null });
    expect(problems).toEqual([expect.objectContaining({ path: `${v1}/pids/pod/pids.max`, code: 'GARBLED' })]);
  });

  it('a group that has gone is null without a problem', () => {
    const { host, sample } = open('cgroup-v2');
    host.remove(`${v1}${scope}/container`);
    host.remove(`${v1}${scope}`);
    const read = sample();
    expect(read.memory.usageBytes.reading).toEqual(gone);
    const { cgroup, problems } = buildCgroup(read, null, 'unified');
    expect(cgroup.memory.usageBytes).toBeNull();
    expect(problems).toEqual([]);
  });

  it('an ancestor whose limit is larger but has less room is a warning', () => {
    const { host, sample } = open('cgroup-v1-hybrid');
    host.write(`${v1}/pids/pod/child/pids.max`, '10\n');
    host.write(`${v1}/pids/pod/pids.current`, '18\n');
    const { pids, warnings } = buildCgroup(sample(), null, 'hybrid').cgroup;
    expect(pids).toMatchObject({ limit: 10, limitedBy: '/pod/child' });
    expect(warnings).toEqual(['pids: /pod has room for 2 more, less than the limit shown leaves']);
  });

  it('on v1 the kernel tells of a memory limit above what we see', () => {
    const { host, sample } = open('cgroup-v1-hybrid');
    host.write(child('memory', 'memory.stat'), `hierarchical_memory_limit ${32 * MIB}\ntotal_swap 0\n`);
    const { memory, warnings } = buildCgroup({ ...sample(), ancestorsHidden: true }, null, 'hybrid').cgroup;
    expect(memory).toMatchObject({ limitBytes: 32 * MIB, limitedBy: null });
    expect(warnings).toHaveLength(2);
  });

  it('usage below the inactive pages counted later is a working set of 0', () => {
    const { host, sample } = open('cgroup-v1-hybrid');
    host.write(child('memory', 'memory.stat'), 'total_inactive_file 999999999\ntotal_swap 0\n');
    expect(buildCgroup(sample(), null, 'hybrid').cgroup.memory.workingSetBytes).toBe(0);
  });

  it('no limit is "max", and no percentage of it', () => {
    const { host, sample } = open('cgroup-v1-hybrid');
    for (const group of ['pod', 'pod/child']) {
      host.write(`${v1}/memory/${group}/memory.limit_in_bytes`, '9223372036854771712\n');
      host.write(`${v1}/memory/${group}/memory.memsw.limit_in_bytes`, '9223372036854771712\n');
      host.write(`${v1}/cpu/${group}/cpu.cfs_quota_us`, '-1\n');
    }
    host.write(child('memory', 'memory.stat'), 'hierarchical_memory_limit 9223372036854771712\ntotal_swap 0\n');
    const { cpu, memory } = buildCgroup(sample(), null, 'hybrid').cgroup;
    expect(memory).toMatchObject({ limitBytes: 'max', limitedBy: null, swapLimitBytes: 'max', ofLimitPercent: null });
    expect(cpu).toMatchObject({ limitCores: 'max', limitedBy: null, quotaUs: 'max', periodUs: 100000 });
  });

  it('io limits: the tightest per device', () => {
    const { host, sample } = open('cgroup-v2');
    host.write(`${v1}${scope}/io.max`, '8:0 rbps=1000 wbps=max riops=max wiops=max\n');
    host.write(
      `${v1}/pod.slice/io.max`,
      '8:0 rbps=2000 wbps=500 riops=max wiops=max\n8:16 rbps=max wbps=1 riops=max wiops=max\n',
    );
    expect(buildCgroup(sample(), null, 'unified').cgroup.io.limits).toEqual([
      expect.objectContaining({ device: '8:0', readBytesPerSecond: 1000, writeBytesPerSecond: 500 }),
      expect.objectContaining({ device: '8:16', readBytesPerSecond: 'max', writeBytesPerSecond: 1 }),
    ]);
  });

  it('io counters are summed over the devices', () => {
    const { host, sample } = open('cgroup-v2');
    host.write(
      `${v1}${scope}/io.stat`,
      '8:0 rbytes=10 wbytes=20 rios=1 wios=2 dbytes=0 dios=0\n8:16 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0\n',
    );
    const { io } = buildCgroup(sample(), null, 'unified').cgroup;
    expect(io).toMatchObject({ readBytes: 11, writeBytes: 22, readOps: 4, writeOps: 6 });
  });
});

describe('without the files of the cgroups', () => {
  it.each(['kubernetes-systemd-v2', 'kubernetes-cgroupfs'])('%s: no limit is known', (tree) => {
    const { cgroup } = buildCgroup(open(tree, 410).sample(), null, 'unified');
    expect(cgroup.cpu).toMatchObject({ limitCores: null, quotaUs: null, limitedBy: null });
    expect(cgroup.memory).toMatchObject({ limitBytes: null, swapLimitBytes: null });
    expect(cgroup.pids).toEqual({ current: null, limit: null, limitedBy: null });
  });

  it('nor where the group has none and its parent has', () => {
    const { host, sample } = open('cgroup-v1-hybrid');
    for (const file of ['cpu/pod/child/cpu.cfs_quota_us', 'memory/pod/child/memory.limit_in_bytes']) {
      host.remove(`${v1}/${file}`);
    }
    host.remove(child('pids', 'pids.max'));
    const { cpu, memory, pids } = buildCgroup(sample(), null, 'hybrid').cgroup;
    expect([cpu.limitCores, memory.limitBytes, pids.limit]).toEqual([null, null, null]);
  });
});

it('no rate is ever negative, no percentage of periods above 100, whatever the counters do', () => {
  const { host, sample } = open('cgroup-v1-hybrid');
  const counters = fc.record({ usage: fc.nat(), periods: fc.nat(1000), throttled: fc.nat(1000) });
  let before = sample();
  fc.assert(
    fc.property(counters, fc.nat(5000), ({ usage, periods, throttled }, ms) => {
      host.advance(ms);
      host.write(child('cpuacct', 'cpuacct.usage'), `${usage}\n`);
      host.write(child('cpu', 'cpu.stat'), `nr_periods ${periods}\nnr_throttled ${throttled}\nthrottled_time 0\n`);
      const now = sample();
      const { cpu } = buildCgroup(now, before, 'hybrid').cgroup;
      before = now;
      expect(cpu.usageCores ?? 0).toBeGreaterThanOrEqual(0);
      expect(cpu.throttledPercent ?? 0).toBeGreaterThanOrEqual(0);
      expect(cpu.throttledPercent ?? 0).toBeLessThanOrEqual(100);
      expect(cpu.usageCores === null || Number.isFinite(cpu.usageCores)).toBe(true);
    }),
  );
});
