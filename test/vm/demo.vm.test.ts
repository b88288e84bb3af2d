import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inspectSchema } from '../../src/model/document/outputs.ts';
import { nsview, nsviewJson } from '../support/nsview.ts';
import { waitUntil } from '../support/wait-until.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const workDir = makeWorkDir();
const root = path.join(workDir, 'root');
const started = ['burn', 'hog', 'forks', 'union'];

const own = (...args: string[]) => nsview(['--root', root, ...args]);
const inspect = (name: string) => nsviewJson(inspectSchema, ['--root', root, 'inspect', name]);
const cgroupOf = async (name: string) => {
  const { cgroup } = await inspect(name);
  if (cgroup === null) throw new Error(`${name} has no cgroup`);
  return cgroup;
};
const logged = (name: string, text: string) =>
  waitUntil(`${name}: ${text}`, async () => (await own('logs', name)).stdout.includes(text), 60_000);

describe('nsview demo under cgroup v2', () => {
  beforeAll(async () => {
    expect(await own('demo', ...started)).toMatchObject({ exitCode: 0, stderr: '' });
  });
  afterAll(async () => {
    await own('demo', '--rm');
    await own('gc');
    await removeWorkDir(workDir);
  });

  it('burn is throttled by its quota', async () => {
    await waitUntil('a throttled period', async () => ((await cgroupOf('demo-burn')).cpu?.throttledPeriods ?? 0) > 0);
    expect((await cgroupOf('demo-burn')).cpu).toMatchObject({ limitCores: 0.2, quotaUs: 20_000 });
  });

  it('hog is near its limit', async () => {
    await logged('demo-hog', 'holding 285 MiB');
    const { memory } = await cgroupOf('demo-hog');
    expect(memory).toMatchObject({ limitBytes: 300 << 20 });
    expect(memory?.ofLimitPercent).toBeGreaterThan(94);
  });

  it('forks is refused more than it may have', async () => {
    await logged('demo-forks', 'the next one refused');
    const { pids, paths } = await cgroupOf('demo-forks');
    expect(pids).toMatchObject({ current: 20, limit: 20 });
    expect(readFileSync(`/sys/fs/cgroup${paths['unified']}/pids.events`, 'utf8')).toMatch(/^max [1-9]/m);
  });

  it('union shows its branches', async () => {
    await logged('demo-union', 'b is deleted; now it has');
    const branches = (await inspect('demo-union')).layers?.branches;
    expect(branches?.map(({ role }) => role)).toEqual(['rw', 'init', 'image', 'image', 'image', 'image', 'image']);
    expect(branches?.[2]?.createdBy).toBe('COPY B/b B/x /union/');
  });
});
