import { mkdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { buildMounts } from '../../src/model/mounts.ts';
import { valueOr } from '../../src/model/reading.ts';
import { buildSecurity } from '../../src/model/security.ts';
import { readRootMarks, readSecurity } from '../../src/probes/container-parts.ts';
import { openHost } from '../../src/probes/open-host.ts';
import { readMountinfo } from '../../src/probes/proc/mountinfo.ts';
import { readStatus } from '../../src/probes/proc/status.ts';
import { isInstalled, run } from '../support/command.ts';
import { busyboxImage, type Docker, dockerClient } from '../support/engines/docker.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const lane = inject('docker');
const workDir = makeWorkDir();
const host = openHost();
afterAll(async () => {
  host.close();
  await removeWorkDir(workDir);
});

const cases: { readonly [name: string]: readonly string[] } = {
  'conf-plain': [],
  'conf-caps': ['--cap-drop', 'ALL', '--cap-add', 'NET_ADMIN', '--cap-add', 'SYS_PTRACE'],
  'conf-open': ['--security-opt', 'seccomp=unconfined', '--security-opt', 'no-new-privileges', '--pid', 'host'],
  'conf-mounts': [
    '-v',
    `${workDir}/read only:/data:ro`,
    '-v',
    '/etc:/host/etc',
    '-v',
    'conf-volume:/volume',
    '-v',
    '/anonymous',
    '--tmpfs',
    '/scratch',
    '-v',
    '/proc:/host/proc:ro',
  ],
};

const inspectSchema = z.tuple([
  z.object({
    State: z.object({ Pid: z.int() }),
    Mounts: z.array(z.object({ Type: z.string(), Source: z.string(), Destination: z.string(), RW: z.boolean() })),
  }),
]);

describe.skipIf(lane === null)('confinement of Docker containers', () => {
  let docker: Docker['docker'];
  beforeAll(async () => {
    if (lane === null) return;
    docker = dockerClient(lane.socket, lane.configDir);
    mkdirSync(`${workDir}/read only`);
    for (const [name, options] of Object.entries(cases)) {
      await docker('run', '-d', '--name', name, ...options, busyboxImage, 'sleep', '1000011');
    }
  });
  afterAll(async () => {
    if (lane === null) return;
    await docker('rm', '-fv', ...Object.keys(cases));
    await docker('volume', 'rm', 'conf-volume');
  });

  const inspect = async (name: string) => inspectSchema.parse(JSON.parse(await docker('inspect', name)))[0];
  const mountsOf = (pid: number) =>
    buildMounts(valueOr(readMountinfo(host, pid), []), {
      hostMounts: valueOr(readMountinfo(host, 'self'), []),
      volumes: {},
    });
  const securityOf = (pid: number) =>
    buildSecurity({
      status: readStatus(host, pid),
      sample: readSecurity(host, pid, null),
      privileged: null,
      hostNamespaces: [],
      mounts: mountsOf(pid),
      memoryLimit: null,
      pidsLimit: null,
    }).security;

  it.skipIf(!isInstalled('capsh')).each(Object.keys(cases))('%s: capabilities as capsh decodes them', async (name) => {
    const { State } = await inspect(name);
    const status = readFileSync(`/proc/${State.Pid}/status`, 'utf8');
    const { capabilities } = securityOf(State.Pid);
    for (const [field, ours] of [
      ['CapEff', capabilities?.effective],
      ['CapBnd', capabilities?.bounding],
    ] as const) {
      const set = new RegExp(`^${field}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? '';
      const decoded = (await run('capsh', `--decode=${set}`)).replace(/^.*=/, '').toUpperCase();
      expect(ours).toEqual(decoded.split(',').filter((capability) => capability !== ''));
    }
  });

  it('mounts have the kinds, sources and rights that docker inspect shows', async () => {
    const { State, Mounts } = await inspect('conf-mounts');
    const ours = new Map(mountsOf(State.Pid).map((mount) => [mount.target, mount]));
    expect(Mounts.length).toBe(5);
    for (const { Type, Source, Destination, RW } of Mounts) {
      const mount = ours.get(Destination);
      expect([Destination, mount?.kind, mount?.source]).toEqual([Destination, Type, Source]);
      expect([Destination, mount?.options.includes('ro')]).toEqual([Destination, !RW]);
    }
    expect(ours.get('/scratch')?.kind).toBe('tmpfs');
    expect(ours.get('/dev/shm')?.kind).toBe('tmpfs');
    expect(ours.get('/')?.kind).toBe('rootfs');
    expect(ours.get('/proc')?.kind).toBe('kernel');
    expect(ours.get('/proc/keys') ?? ours.get('/proc/timer_list')).toMatchObject({
      kind: 'masked',
      source: '/dev/null',
    });
    expect(ours.get('/sys/firmware')?.kind).toBe('masked');
    expect(ours.get('/etc/hosts')?.source).toMatch(/\/containers\/[0-9a-f]{64}\/hosts$/);
  });

  it('propagation is that of findmnt', async () => {
    const { State } = await inspect('conf-mounts');
    const listed = await run('findmnt', '-N', String(State.Pid), '-rn', '-o', 'TARGET,PROPAGATION');
    const oracle = listed.split('\n').map((line) => line.split(' '));
    const ours = mountsOf(State.Pid).map(({ target, propagation }) => [target, propagation]);
    // findmnt calls a slave `private,slave`, since it passes nothing on.
    const theirs = oracle.map(([target, words]) => [target, words?.replace(/^private,/, '').replace(',', ', ')]);
    expect(ours.sort()).toEqual(theirs.sort());
  });

  it('seccomp, no_new_privs and risks follow the options', async () => {
    const plain = securityOf((await inspect('conf-plain')).State.Pid);
    expect(plain).toMatchObject({ privileged: false, seccomp: 'filter', noNewPrivileges: false, rootless: false });
    expect(plain.risks.filter(({ severity }) => severity !== 'low')).toEqual([]);
    const open = securityOf((await inspect('conf-open')).State.Pid);
    expect(open).toMatchObject({ seccomp: 'disabled', noNewPrivileges: true });
    expect(open.risks.map(({ id }) => id)).toContain('no-seccomp');
    const mounts = securityOf((await inspect('conf-mounts')).State.Pid);
    expect(mounts.risks.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['host-directory', 'host-directory-readable']),
    );
  });

  it('leaves its mark in the root', async () => {
    expect(readRootMarks(host, (await inspect('conf-plain')).State.Pid)).toEqual(['/.dockerenv']);
  });
});
