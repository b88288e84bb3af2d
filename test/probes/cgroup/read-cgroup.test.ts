import { describe, expect, it } from 'vitest';
import type { CgroupSample } from '../../../src/model/cgroup/sample.ts';
import { gone, ok, valueOr } from '../../../src/model/reading.ts';
import { finish } from '../../../src/model/steps.ts';
import { cgroupLayout } from '../../../src/probes/cgroup/layout.ts';
import { openCgroupReader } from '../../../src/probes/cgroup/read-cgroup.ts';
import type { Host } from '../../../src/probes/host.ts';
import { parseProcCgroup } from '../../../src/probes/proc/cgroup.ts';
import { readMountinfo } from '../../../src/probes/proc/mountinfo.ts';
import { loadTree, memoryHost } from '../../support/memory-host.ts';

const layoutOf = (host: Host) => cgroupLayout(valueOr(readMountinfo(host, 'self'), []));
const membershipsOf = (text: string) => valueOr(parseProcCgroup(text), []);

function readOne(host: Host, cgroup = valueOr(host.readText('/proc/4242/cgroup', 'gone'), '')): CgroupSample {
  const [sample] = finish(openCgroupReader(host).read(layoutOf(host), [membershipsOf(cgroup)]));
  if (sample == null) {
    throw new Error('no sample');
  }
  return sample;
}

/** The readings of a chain that are values, by path. */
const chain = (links: CgroupSample['memory']['limits']) => links?.map(({ path, reading }) => [path, reading]);

describe('a v1 hybrid host', () => {
  const host = loadTree('cgroup-v1-hybrid');
  const sample = readOne(host);
  const dir = (controller: string) => `/sys/fs/cgroup/${controller}/pod/child`;

  it('reads the figures of the group', () => {
    expect(sample.version).toBe(1);
    expect(sample.cpu.usageUs).toEqual({ reading: ok(342365.653), file: `${dir('cpuacct')}/cpuacct.usage` });
    expect(sample.memory.usageBytes.reading).toEqual(ok(389120));
    expect(sample.memory.stat.reading).toMatchObject({ value: { total_rss: 110592 } });
    expect(sample.memory.kernelBytes.reading).toEqual(ok(73728));
    expect(sample.memory.swapUsageBytes.reading).toEqual(ok(0));
    expect(sample.memory.softLimitBytes.reading).toEqual(ok(64 * 2 ** 20));
    expect(sample.pids.current.reading).toEqual(ok(1));
    expect(sample.cpu.shares.reading).toEqual(ok(512));
    expect(sample.cpu.cpus.reading).toEqual(ok('1'));
    expect(sample.frozen.reading).toEqual(ok(false));
    expect(sample.io.devices).toEqual({
      reading: ok([]),
      file: `${dir('blkio')}/blkio.throttle.io_service_bytes_recursive`,
    });
    expect(sample.descendants).toEqual(ok(0));
    expect(sample.pressure?.cpu.reading.status).toBe('ok');
  });

  it('has no figure for what v1 does not have, and says so by its missing file', () => {
    expect(sample.cpu.weight).toMatchObject({ file: null, reading: { status: 'unsupported' } });
    expect(sample.memory.highBytes.file).toBeNull();
  });

  it('reads the limits of the group and its ancestors, the root left out', () => {
    expect(chain(sample.memory.limits)).toEqual([
      ['/pod/child', ok(256 * 2 ** 20)],
      ['/pod', ok(96 * 2 ** 20)],
    ]);
    expect(sample.cpu.quotas?.map(({ reading }) => reading)).toEqual([
      ok({ quotaUs: 20000, periodUs: 100000 }),
      ok({ quotaUs: 30000, periodUs: 100000 }),
    ]);
    expect(sample.pids.limits?.map(({ reading, current }) => [reading, current])).toEqual([
      [ok(50), ok(1)],
      [ok(20), ok(1)],
    ]);
    expect(sample.ancestorsHidden).toBe(false);
  });

  it('gives nothing of the root group: its figures are the host’s', () => {
    const inRoot = readOne(host, '4:memory:/\n8:pids:/pod\n3:cpuset:/\n0::/\n');
    expect(inRoot.inRoot).toEqual(['memory']);
    expect(inRoot.memory.usageBytes).toMatchObject({ file: null });
    expect(inRoot.memory.limits).toEqual([]);
    expect(inRoot.pressure).toBeNull();
    expect(inRoot.pids.current.reading).toEqual(ok(1));
    // But for the CPUs: no set of its own means those of the host.
    expect(inRoot.cpu.cpus.reading).toEqual(ok('0-1'));
  });

  it('counts CPU time on v2 where cpuacct is not mounted', () => {
    const layout = layoutOf(host);
    const { cpuacct: _, ...v1 } = layout.v1;
    const [read] = finish(
      openCgroupReader(host).read({ ...layout, v1 }, [membershipsOf('1:cpu:/pod/child\n0::/pod/child\n')]),
    );
    expect(read?.cpu.usageUs).toEqual({ reading: ok(420191), file: '/sys/fs/cgroup/unified/pod/child/cpu.stat' });
  });
});

describe('a v2 host', () => {
  const host = loadTree('cgroup-v2');
  const sample = readOne(host);
  const scope = '/pod.slice/libpod-1.scope';

  it('takes what is not counted for the group from the nearest ancestor that counts it, and says so', () => {
    expect(sample.version).toBe(2);
    expect(sample.memory.usageBytes).toEqual({ reading: ok(274432), file: `/sys/fs/cgroup${scope}/memory.current` });
    expect(sample.pids.current.reading).toEqual(ok(2));
    expect(sample.borrowed).toEqual(['cpu', 'memory', 'pids', 'io'].map((controller) => ({ controller, path: scope })));
  });

  it('but CPU time is always the group’s own', () => {
    expect(sample.cpu.usageUs).toEqual({
      reading: ok(1600000),
      file: `/sys/fs/cgroup${scope}/container/cpu.stat`,
    });
  });

  it('reads the limits of the ancestors that have the controller', () => {
    expect(chain(sample.memory.limits)).toEqual([
      [scope, ok(64 * 2 ** 20)],
      ['/pod.slice', ok(128 * 2 ** 20)],
    ]);
    expect(sample.pids.limits?.map(({ reading }) => reading)).toEqual([ok(100), ok(12)]);
    expect(sample.cpu.throttling?.map(({ path }) => path)).toEqual([scope, '/pod.slice']);
    expect(sample.memory.highBytes.reading).toEqual(ok(48 * 2 ** 20));
    expect(sample.memory.lowBytes.reading).toEqual(ok(0));
    expect(sample.cpu.weight.reading).toEqual(ok(100));
    expect(sample.cpu.shares.file).toBeNull();
  });

  it('a kernel without PSI or cpusets', () => {
    expect(sample.pressure?.cpu.reading).toMatchObject({ status: 'unsupported' });
    expect(sample.cpu.cpus.reading).toMatchObject({ status: 'unsupported' });
  });

  it('the same objects for what says the same, beside what does not', () => {
    const changing = loadTree('cgroup-v2');
    const reader = openCgroupReader(changing);
    const read = () => finish(reader.read(layoutOf(changing), [membershipsOf(`0::${scope}/container\n`)]))[0];
    const before = read();
    changing.write(`/sys/fs/cgroup${scope}/memory.current`, '8192\n');
    changing.write('/sys/fs/cgroup/pod.slice/pids.max', '9\n');
    const after = read();
    expect(after?.memory.usageBytes.reading).toEqual(ok(8192));
    expect(after?.pids.limits?.map(({ reading }) => reading)).toEqual([ok(100), ok(9)]);
    expect(after?.memory.stat).toBe(before?.memory.stat);
    expect(after?.memory.limits).toBe(before?.memory.limits);
    expect(before?.memory.usageBytes.reading).toEqual(ok(274432));
  });

  it('makes a new plan when a controller is switched on', () => {
    const changing = loadTree('cgroup-v2');
    const layout = layoutOf(changing);
    const reader = openCgroupReader(changing);
    const list = [membershipsOf(`0::${scope}/container\n`)];
    finish(reader.read(layout, list));
    const own = `/sys/fs/cgroup${scope}/container`;
    changing.write(`${own}/cgroup.controllers`, 'pids\n');
    changing.write(`${own}/pids.current`, '1\n');
    changing.write(`${own}/pids.max`, '7\n');
    finish(reader.read(layout, list));
    const [read] = finish(reader.read(layout, list));
    expect(read?.pids.current).toEqual({ reading: ok(1), file: `${own}/pids.current` });
    expect(read?.borrowed.map(({ controller }) => controller)).toEqual(['cpu', 'memory', 'io']);
  });

  it('says gone, and not unsupported, of a group that was removed', () => {
    const changing = loadTree('cgroup-v2');
    const layout = layoutOf(changing);
    const list = [membershipsOf(`0::${scope}/container\n`)];
    const reader = openCgroupReader(changing);
    finish(reader.read(layout, list));
    changing.remove(`/sys/fs/cgroup${scope}/container`);
    for (const attempt of [reader, reader, openCgroupReader(changing)]) {
      const [read] = finish(attempt.read(layout, list));
      expect(read?.cpu.usageUs.reading).toEqual(gone);
      expect(read?.frozen.reading).toEqual(gone);
    }
  });
});

describe('inside a cgroup namespace', () => {
  const tree = (root: string) => `
=== proc/self/mountinfo
31 23 0:28 ${root} /sys/fs/cgroup rw - cgroup2 cgroup2 rw
=== sys/fs/cgroup/cgroup.events
populated 1
frozen 0
=== sys/fs/cgroup/cgroup.controllers
memory pids
=== sys/fs/cgroup/memory.max
max
=== sys/fs/cgroup/memory.current
4096
=== sys/fs/cgroup/cpu.stat
usage_usec 5
`;

  it('the topmost group is one like any other, and what is above it is unknown', () => {
    const sample = readOne(memoryHost(tree('/')), '0::/\n');
    expect(sample.ancestorsHidden).toBe(true);
    expect(sample.memory.usageBytes.reading).toEqual(ok(4096));
    expect(chain(sample.memory.limits)).toEqual([['/', ok('max')]]);
  });

  it('nothing is known of a group outside it', () => {
    const host = memoryHost(tree('/'));
    expect(finish(openCgroupReader(host).read(layoutOf(host), [membershipsOf('0::/../other\n')]))).toEqual([null]);
  });

  it('a mount made outside shows the sibling', () => {
    const sample = readOne(memoryHost(tree('/../other')), '0::/../other\n');
    expect(sample.memory.usageBytes.reading).toEqual(ok(4096));
  });
});

describe('many containers', () => {
  const count = 200;
  const host = loadTree('cgroup-v1-hybrid');
  const asked: (readonly string[])[] = [];
  const forgotten: string[] = [];
  const counting: Host = {
    ...host,
    readKept(paths) {
      asked.push(paths);
      return host.readKept(paths);
    },
    forget(paths) {
      forgotten.push(...paths);
      host.forget(paths);
    },
  };
  const layout = layoutOf(host);
  const list = Array.from({ length: count }, (_, index) => {
    host.write(`/sys/fs/cgroup/pids/pod/c${index}/pids.max`, `${index + 1}\n`);
    host.write(`/sys/fs/cgroup/pids/pod/c${index}/pids.current`, '1\n');
    return membershipsOf(`8:pids:/pod/c${index}\n`);
  });
  const reader = openCgroupReader(counting);

  it('are read in one call, an ancestor’s file once', () => {
    const samples = finish(reader.read(layout, list));
    expect(samples.map((sample) => sample?.pids.limits?.[0]?.reading)).toEqual(
      Array.from({ length: count }, (_, index) => ok(index + 1)),
    );
    expect(asked).toHaveLength(1);
    expect(asked[0]?.filter((path) => path === '/sys/fs/cgroup/pids/pod/pids.max')).toHaveLength(1);
  });

  it('read counters at every tick and settings in turns', () => {
    for (let index = 0; index < count * 8; index += 1) {
      host.write(`/sys/fs/cgroup/pids/pod/c${index}/pids.max`, '1000\n');
      host.write(`/sys/fs/cgroup/pids/pod/c${index}/pids.current`, '2\n');
    }
    const many = Array.from({ length: count * 8 }, (_, index) => membershipsOf(`8:pids:/pod/c${index}\n`));
    finish(reader.read(layout, many));
    asked.length = 0;
    for (let turn = 0; turn < 8; turn += 1) {
      const samples = finish(reader.read(layout, many));
      expect(samples.every((sample) => sample?.pids.current.reading.status === 'ok')).toBe(true);
    }
    const settings = asked.map((paths) => paths.filter((path) => path.endsWith('pids.max')).length);
    expect(Math.max(...settings)).toBeLessThan(count * 4);
    expect(finish(reader.read(layout, many)).every((sample) => sample?.pids.limits?.[0]?.reading.status === 'ok')).toBe(
      true,
    );
    const values = finish(reader.read(layout, many)).map((sample) =>
      valueOr(sample?.pids.limits?.[0]?.reading ?? gone, null),
    );
    expect(values).toEqual(values.map(() => 1000));
  });

  it('read the limits of the one that is looked at every time', () => {
    const many = Array.from({ length: count * 8 }, (_, index) => membershipsOf(`8:pids:/pod/c${index}\n`));
    const limitOf = (at: number) =>
      finish(reader.read(layout, many, 'all', new Set([at])))[at]?.pids.limits?.[0]?.reading;
    for (let limit = 1; limit <= 8; limit += 1) {
      host.write('/sys/fs/cgroup/pids/pod/c7/pids.max', `${limit}\n`);
      expect(limitOf(7)).toEqual(ok(limit));
    }
  });

  it('close the files of those that are no longer asked for, and keep those of the others', () => {
    forgotten.length = 0;
    finish(reader.read(layout, list.slice(0, 1)));
    expect(forgotten).toContain('/sys/fs/cgroup/pids/pod/c1/pids.max');
    expect(forgotten).not.toContain('/sys/fs/cgroup/pids/pod/c0/pids.max');
    expect(forgotten).not.toContain('/sys/fs/cgroup/pids/pod/pids.max');
  });
});
