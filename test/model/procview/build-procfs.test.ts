import { describe, expect, it } from 'vitest';
import { procfsSchema } from '../../../src/model/document/procfs.ts';
import { procfsVerdict } from '../../../src/present/procfs.ts';
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
