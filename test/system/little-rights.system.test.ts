import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { psSchema } from '../../src/model/document/outputs.ts';
import { busyboxImage, type Docker, dockerClient } from '../support/engines/docker.ts';
import { installForEverybody } from '../support/installed-copy.ts';
import { launcher, nsview, nsviewJson } from '../support/nsview.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const lane = inject('docker');
const nobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] as const;
const name = 'nsview-rights';

describe.skipIf(lane === null)('who may not see everything', () => {
  const workDir = makeWorkDir();
  let docker: Docker['docker'];
  let installed: string;
  let id: string;
  let pid: number;

  beforeAll(async () => {
    if (lane === null) return;
    installed = installForEverybody(workDir);
    docker = dockerClient(lane.socket, lane.configDir);
    id = await docker('run', '-d', '--name', name, '-m', '300m', busyboxImage, 'sleep', '1000000');
    pid = Number(await docker('inspect', '-f', '{{.State.Pid}}', name));
  });
  afterAll(async () => {
    await docker?.('rm', '-f', name);
    await removeWorkDir(workDir);
  });

  it('an ordinary user sees containers and limits, and is told what root would see', async () => {
    const ps = await nsviewJson(psSchema, ['ps', '--engine', 'none'], [...nobody, installed]);
    const row = ps.containers.find((container) => container.id === id);
    expect(row).toMatchObject({ engine: 'docker', init: { pid }, status: 'running' });
    expect(row?.cgroup?.memory.limitBytes).toBe(300 * 1024 ** 2);
    expect(row?.namespaces.every(({ inode }) => inode === null)).toBe(true);
    expect(row?.problems.some(({ code }) => code === 'EACCES')).toBe(true);
    expect(ps.host.notices.some(({ remedy }) => /root/.test(remedy ?? ''))).toBe(true);
  });

  it('hidepid hides processes, and that is said', async () => {
    const remounted = 'mount -t proc -o hidepid=2 proc /proc && exec "$@"';
    const hidden = ['unshare', '-m', 'sh', '-c', remounted, 'sh', ...nobody, installed] as const;
    const { stdout, exitCode } = await nsview(['ps', '--engine', 'none', '--json'], hidden);
    expect(exitCode).toBe(0);
    const ps = psSchema.parse(JSON.parse(stdout));
    expect(ps.containers.filter((container) => container.id === id)).toEqual([]);
    expect(ps.host.notices.map(({ message }) => message).join('\n')).toMatch(/hidepid/);
  });

  it('an own pid and cgroup namespace is noticed and said', async () => {
    const inside = ['unshare', '--fork', '-pmC', '--mount-proc', launcher] as const;
    const ps = await nsviewJson(psSchema, ['ps', '--engine', 'none'], inside);
    const notices = ps.host.notices.map(({ message }) => message).join('\n');
    expect(notices).toMatch(/pid namespace/);
    expect(notices).toMatch(/cgroup namespace/);
  });

  it('an own cgroup namespace alone still shows the containers outside', async () => {
    const ps = await nsviewJson(psSchema, ['ps', '--engine', 'none'], ['unshare', '-C', launcher]);
    expect(ps.containers.find((container) => container.id === id)?.init?.pid).toBe(pid);
    expect(ps.host.notices.map(({ message }) => message).join('\n')).toMatch(/cgroup namespace/);
  });
});
