import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { z } from 'zod';
import { cgroupOutputSchema, topSchema } from '../../src/model/document/outputs.ts';
import { busyboxImage, type Docker, dockerClient } from '../support/engines/docker.ts';
import { nsviewJson } from '../support/nsview.ts';

const lane = inject('docker');
const name = 'nsview-cgroup-files';

const readNumber = (file: string) => Number(readFileSync(file, 'utf8'));

/** One value of a file of `key value` lines. */
function readValue(file: string, key: string): number {
  return Number(new RegExp(`^${key} (\\d+)$`, 'm').exec(readFileSync(file, 'utf8'))?.[1]);
}

describe.skipIf(lane === null)('one container against the raw files', () => {
  let docker: Docker['docker'];
  let id: string;
  let group: (controller: string, file: string) => string;

  beforeAll(async () => {
    if (lane === null) return;
    docker = dockerClient(lane.socket, lane.configDir);
    const limits = ['--cpus', '0.05', '-m', '300m', '--pids-limit', '64', '--cpuset-cpus', '0'];
    const busy = ['sh', '-c', 'sleep 1000001 & sleep 1000002 & while :; do :; done'];
    id = await docker('run', '-d', '--name', name, ...limits, busyboxImage, ...busy);
    group = (controller, file) => `/sys/fs/cgroup/${controller}/docker/${id}/${file}`;
  });
  afterAll(async () => {
    await docker?.('rm', '-f', name);
  });

  const cgroup = async (): Promise<NonNullable<z.infer<typeof cgroupOutputSchema>['cgroup']>> => {
    const output = await nsviewJson(cgroupOutputSchema, ['cgroup', id, '--engine', 'none']);
    expect(output.id).toBe(id);
    if (output.cgroup === null) throw new Error('no cgroup');
    return output.cgroup;
  };

  it('cgroup --json: limits are what the kernel holds', async () => {
    const { cpu, memory, pids, version } = await cgroup();
    expect(version).toBe(1);
    expect(cpu.quotaUs).toBe(readNumber(group('cpu', 'cpu.cfs_quota_us')));
    expect(cpu.periodUs).toBe(readNumber(group('cpu', 'cpu.cfs_period_us')));
    expect(cpu.shares).toBe(readNumber(group('cpu', 'cpu.shares')));
    expect(cpu.cpus).toBe(readFileSync(group('cpuset', 'cpuset.effective_cpus'), 'utf8').trim());
    expect(memory.limitBytes).toBe(readNumber(group('memory', 'memory.limit_in_bytes')));
    expect(memory.limitBytes).toBe(readValue(group('memory', 'memory.stat'), 'hierarchical_memory_limit'));
    expect(pids.limit).toBe(readNumber(group('pids', 'pids.max')));
    expect(cpu.limitCores).toBeCloseTo(0.05);
  });

  it('cgroup --json: counters lie between two readings of the file', async () => {
    const read = () => ({
      usageUs: readNumber(group('cpuacct', 'cpuacct.usage')) / 1000,
      periods: readValue(group('cpu', 'cpu.stat'), 'nr_periods'),
      throttledPeriods: readValue(group('cpu', 'cpu.stat'), 'nr_throttled'),
      throttledUs: readValue(group('cpu', 'cpu.stat'), 'throttled_time') / 1000,
    });
    const before = read();
    const { cpu } = await cgroup();
    const after = read();
    expect(before.throttledUs).toBeGreaterThan(0);
    for (const key of ['usageUs', 'periods', 'throttledPeriods', 'throttledUs'] as const) {
      expect(cpu[key], key).toBeGreaterThanOrEqual(Math.floor(before[key]));
      expect(cpu[key], key).toBeLessThanOrEqual(Math.ceil(after[key]));
    }
  });

  it('cgroup --json: use is that of the files', async () => {
    const { memory, pids } = await cgroup();
    expect(pids.current).toBe(readNumber(group('pids', 'pids.current')));
    expect(pids.current).toBe(3);
    const stat = (key: string) => readValue(group('memory', 'memory.stat'), key);
    const chargeStep = 64 * 4096 * 2;
    expect(Math.abs((memory.usageBytes ?? 0) - readNumber(group('memory', 'memory.usage_in_bytes')))).toBeLessThan(
      chargeStep,
    );
    expect(memory.workingSetBytes).toBe((memory.usageBytes ?? 0) - (memory.inactiveFileBytes ?? 0));
    expect(Math.abs((memory.anonBytes ?? 0) - stat('total_rss'))).toBeLessThan(chargeStep);
    expect(memory.failCount).toBe(readNumber(group('memory', 'memory.failcnt')));
  });

  it('cgroup --json: names files that hold what it says', async () => {
    const { files, memory, pids } = await cgroup();
    expect(readNumber(files['memory.limitBytes'] ?? '')).toBe(memory.limitBytes);
    expect(readNumber(files['pids.current'] ?? '')).toBe(pids.current);
  });

  it('top --json: the processes that docker top lists', async () => {
    const { processes } = await nsviewJson(topSchema, ['top', id, '--engine', 'none']);
    const listed = (await docker('top', name, '-eo', 'pid,ppid,uid,nlwp,comm')).split('\n').slice(1);
    const oracle = listed.map((line) => line.trim().split(/\s+/));
    const ours = processes.map(({ pid, ppid, uid, threads, comm }) => [pid, ppid, uid, threads, comm].map(String));
    expect(ours.sort()).toEqual(oracle.sort());
    expect(processes.find(({ ppid }) => !processes.some(({ pid }) => pid === ppid))?.nsPids.at(-1)).toBe(1);
  });
});
