import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import type { EngineFacts } from '../../src/model/engine-facts.ts';
import { type Engines, openEngines } from '../../src/probes/engines/engines.ts';
import { nulSeparated } from '../../src/probes/kernel-text.ts';
import { openHost } from '../../src/probes/open-host.ts';
import { candidate } from '../probes/engines/fixture.ts';
import { type Daemon, startDaemon } from '../support/engines/daemon.ts';
import { busyboxImage, type Docker, dockerClient } from '../support/engines/docker.ts';
import { type Podman, podmanIsMissing, preparePodman } from '../support/engines/podman.ts';
import { waitUntil } from '../support/wait-until.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const lane = inject('docker');
const host = openHost();
const inspectSchema = z.tuple([z.object({ Id: z.string(), State: z.object({ Pid: z.int(), StartedAt: z.string() }) })]);

type Running = { readonly id: string; readonly pid: number; readonly startedAt: string };

function running(inspect: string): Running {
  const [{ Id, State }] = inspectSchema.parse(JSON.parse(inspect));
  return { id: Id, pid: State.Pid, startedAt: State.StartedAt };
}

function ask(engine: 'docker' | 'podman', ...sockets: readonly string[]): Engines {
  const choice = { kind: 'sockets', sockets: sockets.map((socket) => ({ engine, path: socket })) } as const;
  return openEngines(host, choice, { env: {} });
}

/** What is told of a container found by its processes: its init, and the shim or conmon that is the init's parent. */
function told(engines: Engines, engine: 'docker' | 'podman', { id, pid }: Running): EngineFacts | null {
  const parent = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[1]);
  const argv = nulSeparated(readFileSync(`/proc/${parent}/cmdline`, 'utf8'));
  return engines.facts(candidate({ engine, id, init: pid, supervisor: parent }), argv);
}

describe.skipIf(lane === null)('facts of Docker', () => {
  const socket = lane?.socket ?? '';
  let docker: Docker['docker'];
  const names = ['facts-web', 'facts-plain', 'facts-gone', 'facts-made'];
  const options = {
    'facts-web': [
      ...['--label', 'com.docker.compose.project=shop', '--label', 'tier=front', '--restart', 'on-failure:3'],
      ...[
        '-p',
        '127.0.0.1:18471:80',
        '-p',
        '18472:53/udp',
        '--expose',
        '9000',
        '-v',
        'facts-data:/data',
        '-v',
        '/etc:/host:ro',
      ],
    ],
    'facts-plain': ['--network', 'container:facts-web'],
  };
  let web: Running;
  let plain: Running;

  beforeAll(async () => {
    if (lane === null) return;
    docker = dockerClient(lane.socket, lane.configDir);
    for (const [name, flags] of Object.entries(options)) {
      await docker('run', '-d', '--name', name, ...flags, busyboxImage, 'sleep', '1000');
    }
    await docker('run', '--name', 'facts-gone', busyboxImage, 'true');
    await docker('create', '--name', 'facts-made', busyboxImage, 'true');
    web = running(await docker('inspect', 'facts-web'));
    plain = running(await docker('inspect', 'facts-plain'));
  });
  afterAll(async () => {
    if (lane === null) return;
    await docker('rm', '-f', ...names);
    await docker('volume', 'rm', 'facts-data');
  });

  it('are the same from the socket and from the state directory', async () => {
    const engines = ask('docker', socket);
    await engines.refresh(5000);
    const { source, ...asked } = told(engines, 'docker', web) ?? { source: null };
    expect(source).toBe('socket');
    expect(asked).toEqual({
      id: web.id,
      engine: 'docker',
      name: 'facts-web',
      image: busyboxImage,
      status: 'running',
      startedAt: web.startedAt,
      labels: { 'com.docker.compose.project': 'shop', tier: 'front' },
      restartPolicy: 'on-failure:3',
      ports: expect.arrayContaining([
        { host: '0.0.0.0:18472', container: 53, protocol: 'udp' },
        { host: '127.0.0.1:18471', container: 80, protocol: 'tcp' },
        { host: null, container: 9000, protocol: 'tcp' },
      ]),
      group: 'shop',
      privileged: false,
      volumes: { '/data': 'facts-data' },
      exit: null,
      cpusGivenAs: null,
    });
    for (const container of [web, plain]) {
      const { source: from, ...read } = told(ask('docker'), 'docker', container) ?? { source: null };
      expect(from).toContain(`/containers/${container.id}/config.v2.json`);
      expect(read).toEqual({ ...told(engines, 'docker', container), source: undefined });
    }
    engines.close();
  });

  it('are found by the container’s mounts alone when nothing else is known', () => {
    for (const { id, pid } of [web, plain]) {
      const facts = ask('docker').facts(candidate({ engine: 'docker', id, init: pid }), null);
      expect(facts?.startedAt).toBe(id === web.id ? web.startedAt : plain.startedAt);
    }
  });

  it('name the data root, and what is stopped', async () => {
    const root = path.join(path.dirname(socket), 'data');
    const byFiles = ask('docker');
    told(byFiles, 'docker', web);
    expect(byFiles.storageRoots()).toContainEqual({ engine: 'docker', root });
    const bySocket = ask('docker', socket);
    await bySocket.refresh(5000);
    for (const engines of [byFiles, bySocket]) {
      const stopped = engines.stopped().filter(({ name }) => names.includes(name ?? ''));
      expect(stopped.map(({ name, status }) => `${name} ${status}`).sort()).toEqual([
        'facts-gone exited',
        'facts-made created',
      ]);
    }
    bySocket.close();
  });

  it('follow what happens without being asked again', async () => {
    const engines = ask('docker', socket);
    const stop = engines.follow(() => {});
    await waitUntil('the name', () => told(engines, 'docker', plain)?.source === 'socket');
    await docker('rename', 'facts-plain', 'facts-renamed');
    await docker('update', '--restart', 'always', 'facts-renamed');
    await waitUntil('the new name', () => told(engines, 'docker', plain)?.name === 'facts-renamed');
    await waitUntil('the new policy', () => told(engines, 'docker', plain)?.restartPolicy === 'always');
    await docker('rename', 'facts-renamed', 'facts-plain');
    stop();
    engines.close();
  });
});

describe.skipIf(podmanIsMissing)('facts of Podman', () => {
  const workDir = makeWorkDir();
  const home = path.join(workDir, 'podman');
  const socket = path.join(workDir, 'podman.sock');
  let podman: Podman;
  let service: Daemon;
  let web: Running;

  const serve = () => {
    const state = ['--root', `${home}/storage`, '--runroot', `${home}/run`, '--tmpdir', `${home}/tmp`];
    const args = [...state, '--storage-driver', 'overlay', '--cgroup-manager', 'cgroupfs', 'system', 'service'];
    return startDaemon('podman', [...args, '--time=0', `unix://${socket}`], `${workDir}/service.log`, async () => {
      const engines = ask('podman', socket);
      await engines.refresh(1000);
      engines.close();
      return engines.reports()[0]?.status === 'ok';
    });
  };

  beforeAll(async () => {
    podman = await preparePodman(workDir);
    const flags = [
      '-l',
      'tier=front',
      '--restart',
      'on-failure:3',
      '-v',
      'facts-data:/data',
      busyboxImage,
      'sleep',
      '1000',
    ];
    await podman.start('facts-pod', ...flags);
    web = running(await podman.podman('inspect', 'facts-pod'));
    service = await serve();
  });
  afterAll(async () => {
    await service?.stop();
    await podman?.stop();
    await removeWorkDir(workDir);
  });

  it('agree wherever its files tell', async () => {
    const engines = ask('podman', socket);
    await engines.refresh(5000);
    const asked = told(engines, 'podman', web);
    const read = told(ask('podman'), 'podman', web);
    expect(asked).toMatchObject({
      engine: 'podman',
      source: 'socket',
      name: 'facts-pod',
      status: 'running',
      labels: { tier: 'front' },
      restartPolicy: 'on-failure:3',
      privileged: false,
      volumes: { '/data': 'facts-data' },
    });
    expect(Date.parse(asked?.startedAt ?? '')).toBe(Date.parse(web.startedAt));
    // Its database alone knows labels, restart policy and start.
    expect(read).toEqual({
      ...asked,
      source: `${home}/storage/overlay-containers/containers.json`,
      status: null,
      labels: null,
      restartPolicy: null,
      startedAt: null,
    });
    engines.close();
  });

  it('come back when the service does', async () => {
    const engines = ask('podman', socket);
    const stop = engines.follow(() => {});
    await waitUntil('the name', () => told(engines, 'podman', web)?.source === 'socket');
    await service.stop();
    await waitUntil('word of its end', () => engines.reports()[0]?.status !== 'ok');
    expect(told(engines, 'podman', web)?.name).toBe('facts-pod');
    service = await serve();
    await podman.podman('rename', 'facts-pod', 'facts-renamed');
    await waitUntil('the new name', () => told(engines, 'podman', web)?.name === 'facts-renamed');
    expect(engines.reports()[0]?.status).toBe('ok');
    stop();
    engines.close();
  });
});
