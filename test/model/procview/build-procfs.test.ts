import { describe, expect, it } from 'vitest';
import { procfsSchema } from '../../../src/model/document/procfs.ts';
import { factsOf } from '../../../src/model/procview/facts.ts';
import type { ViewInput } from '../../../src/model/procview/input.ts';
import { procfsVerdict } from '../../../src/present/procfs.ts';
import { cgroupFixture } from '../../support/container-fixture.ts';
import { EMPTY_INPUT, initStat } from '../../support/lxcfs-captures.ts';
import { procfsFixture } from '../../support/procfs-fixture.ts';

const procfs = procfsFixture();
const fact = (path: string, name: string) =>
  procfs.files.find((file) => file.path === path)?.facts.find((each) => each.name === name);
const program = (name: string) => procfs.programs.find((each) => each.name === name);

describe('a container with 64 MiB, half a CPU and CPU 0', () => {
  it('has a document of the contract', () => {
    expect(procfsSchema.parse(procfs)).toEqual(procfs);
  });

  it.each([
    ['/proc/meminfo', 'memory', { limits: 67_108_864, limit: 67_108_864, verdict: 'misleading' }],
    ['/sys/devices/system/cpu/online', 'online CPUs', { seen: 2, limits: 1, limit: 0.5, verdict: 'misleading' }],
    ['/proc/uptime', 'uptime', { verdict: 'misleading' }],
    ['/proc/loadavg', 'load', { verdict: 'misleading' }],
  ])('%s: %s', (path, name, expected) => {
    expect(fact(path, name)).toMatchObject(expected);
  });

  it('knows better than lxcfs where that is wrong', () => {
    const available = fact('/proc/meminfo', 'available');
    expect(available?.better).toBeLessThan(available?.limits ?? 0);
    expect(fact('/proc/stat', 'boot time')?.better).toBeGreaterThan(fact('/proc/stat', 'boot time')?.host ?? 0);
  });

  it.each([
    ['nproc', 1, 'right'],
    ['sysconf(_SC_NPROCESSORS_ONLN)', 2, 'misleading'],
    ['JVM since 8u191 and 10: heap', 33_554_432, 'right'],
    ['Go since 1.25: GOMAXPROCS', 1, 'right'],
    ['Node: process.constrainedMemory()', 67_108_864, 'right'],
    ['Python: os.cpu_count()', 2, 'misleading'],
    ['nginx: worker_processes auto', 2, 'misleading'],
  ])('%s concludes %i, which is %s', (name, value, verdict) => {
    expect(program(name)).toMatchObject({ value, verdict });
  });

  it('says in a sentence why an old JVM died', () => {
    expect(procfsVerdict(procfs)).toMatch(/^it sees 23\.5 GiB of memory and is killed at 64 MiB; an old JVM/);
  });

  it('lists the lines that lxcfs would change, and no others', () => {
    const lines = procfs.files.find(({ path }) => path === '/proc/meminfo')?.lines ?? [];
    expect(lines.find(({ label }) => label === 'MemTotal')?.limits).toBe('65536 kB');
    expect(lines.some(({ label }) => label === 'Committed_AS')).toBe(false);
  });
});

describe('where lxcfs is known to be wrong, the better figure stands beside it', () => {
  type Figures = { readonly better: number | null; readonly why: string | null; readonly limits: number | null };
  const told = (name: string, change?: (input: ViewInput) => ViewInput): Figures => {
    const facts = procfsFixture({}, change).files.flatMap((file) => file.facts);
    const found = facts.find((each) => each.name === name);
    if (found === undefined) throw new Error(`no fact ${name}`);
    return found;
  };
  const inGroups = (texts: { readonly [file: string]: string }) => (input: ViewInput) => ({
    ...input,
    cgroups: Object.fromEntries(
      Object.entries(input.cgroups).map(([key, text]) => [key, texts[key.slice(key.lastIndexOf(':') + 1)] ?? text]),
    ),
  });

  it('tmpfs is not available', () => {
    const { better, limits, why } = told('available', inGroups({ 'memory.stat': 'total_cache 60000000\n' }));
    expect(limits).toBeGreaterThan(better ?? Number.POSITIVE_INFINITY);
    expect(why).toContain('tmpfs');
  });

  it('it was the host that booted, not the container', () => {
    const { better, limits, why } = told('boot time');
    expect((better ?? 0) - (limits ?? 0)).toBeGreaterThan(60);
    expect(why).toContain('the host booted');
  });

  it('more CPUs than one are idle', () => {
    const own = cgroupFixture('/docker/1');
    const init = { stat: initStat('(x)', 1000), cpuacctPath: null };
    const input = { ...EMPTY_INPUT, init, bootTime: { seconds: 110, nanoseconds: 0 } };
    const answer = { file: 'uptime', cover: 'lxcfs', limits: '100.00 90.00\n', host: '110.00 200.00\n' } as const;
    const facts = factsOf(
      { ...answer, seen: { status: 'ok', value: answer.limits } },
      {
        input,
        cgroup: { ...own, cpu: { ...own.cpu, limitCores: 'max', usageUs: 10_000_000 } },
        release: '5.0.3',
        affinity: '0-3',
      },
    );
    expect(facts.find(({ name }) => name === 'idle')).toMatchObject({
      limits: 90,
      better: 390,
      verdict: 'misleading',
      why: 'lxcfs counts the idle time of one CPU',
    });
  });

  it('swap is not memory and swap together, and never 18 exabytes', () => {
    const swapping = (input: ViewInput) => ({
      ...inGroups({ 'memory.usage_in_bytes': '4096\n' })(input),
      swapAccounted: true,
      host: { ...input.host, meminfo: 'MemTotal: 8000000 kB\nSwapTotal: 900000 kB\nSwapFree: 900000 kB\n' },
    });
    const withSwap = (memsw: string, usage: string) => (input: ViewInput) => {
      const from = swapping(input);
      const path = from.viewer.paths['memory'];
      const files = { limit_in_bytes: memsw, usage_in_bytes: usage };
      const texts = Object.entries(files).map(([file, text]) => [`memory:${path}:memory.memsw.${file}`, `${text}\n`]);
      return { ...from, cgroups: { ...from.cgroups, ...Object.fromEntries(texts) } };
    };
    expect(told('swap', withSwap('134217728', '4096'))).toMatchObject({
      limits: 134_217_728,
      better: 67_108_864,
      why: 'lxcfs shows memory and swap together, or no swap',
    });
    expect(told('swap free', withSwap('134217728', '600000000'))).toMatchObject({
      limits: null,
      why: 'lxcfs subtracts more than there is, and prints some 18 exabytes',
    });
  });

  it('the age of an init whose name has a blank is known', () => {
    const named = (input: ViewInput): ViewInput => ({
      ...input,
      init: { cpuacctPath: null, stat: input.init?.stat?.replace(/\(.*\)/, '(a b)') ?? null },
    });
    const { limits, better, why } = told('uptime', named);
    expect(limits).toBeNull();
    expect(better).toBeGreaterThan(0);
    expect(why).toContain('blank');
  });

  it('on version 2 the CPU time is the host’s', () => {
    const unified = (input: ViewInput): ViewInput => {
      const path = input.viewer.paths['cpuset'] ?? '';
      const paths = { cpuset: path, cpu: path, memory: path };
      return { ...input, version: 2, viewer: { pid: 2, paths }, cgroups: { [`unified:${path}:cpuset.cpus`]: '0\n' } };
    };
    expect(told('CPU time', unified)).toMatchObject({ better: 0.66, why: 'on version 2 lxcfs shows the host’s times' });
  });

  it('a file that would be empty is said to be', () => {
    const noCpuset = (input: ViewInput): ViewInput => ({ ...input, cgroups: {} });
    const { files } = procfsFixture({}, noCpuset);
    const problem = files.find(({ path }) => path === '/proc/stat')?.problem;
    expect(problem).toContain('lxcfs would show an empty file');
  });
});

describe('a container whose lxcfs has ended', () => {
  it('says so in the place of the file', () => {
    const path = '/proc/1/root/proc/meminfo';
    const stale = procfsFixture({
      meminfo: { cover: 'lxcfs', text: { status: 'unsupported', path, code: 'ENOTCONN' } },
    });
    const file = stale.files.find((each) => each.path === '/proc/meminfo');
    expect(file?.problem).toContain('Transport endpoint is not connected');
    expect(file?.differs).toBeNull();
    expect(file?.facts[0]).toMatchObject({ seen: null, verdict: null });
  });
});
