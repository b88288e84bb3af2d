import { expect, it } from 'vitest';
import { buildCgroup } from '../../../src/model/cgroup/build-cgroup.ts';
import { valueOr } from '../../../src/model/reading.ts';
import { finish } from '../../../src/model/steps.ts';
import { cgroupLayout } from '../../../src/probes/cgroup/layout.ts';
import { openCgroupReader } from '../../../src/probes/cgroup/read-cgroup.ts';
import { parseProcCgroup } from '../../../src/probes/proc/cgroup.ts';
import { readMountinfo } from '../../../src/probes/proc/mountinfo.ts';
import { loadTree } from '../../support/memory-host.ts';

it('what throttling cost is the growth of the time that it held back', () => {
  const host = loadTree('cgroup-v1-hybrid');
  const layout = cgroupLayout(valueOr(readMountinfo(host, 'self'), []));
  const memberships = valueOr(parseProcCgroup(valueOr(host.readText('/proc/4242/cgroup', 'gone'), '')), []);
  const reader = openCgroupReader(host);
  const sample = () => {
    const [read] = finish(reader.read(layout, [memberships]));
    if (read == null) throw new Error('no sample');
    return read;
  };
  const before = sample();
  const earlier = buildCgroup(before, null, 'hybrid').cgroup.cpu;
  expect(earlier).toMatchObject({ heldBackCores: null, lostUsPerThrottledPeriod: null });
  host.advance(2000);
  const lostNs = Math.round((earlier.throttledUs ?? 0) * 1000) + 900_000_000;
  const text = `nr_periods 42\nnr_throttled 37\nthrottled_time ${lostNs}\n`;
  host.write('/sys/fs/cgroup/cpu/pod/child/cpu.stat', text);
  const { cpu } = buildCgroup(sample(), before, 'hybrid').cgroup;
  expect(cpu.heldBackCores).toBeCloseTo(0.45, 9);
  expect(cpu.lostUsPerThrottledPeriod).toBeCloseTo(900_000 / (37 - (earlier.throttledPeriods ?? 0)), 6);
});
