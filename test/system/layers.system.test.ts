import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import type { Layers } from '../../src/model/document/layers.ts';
import { buildLayers } from '../../src/model/layers/build-layers.ts';
import { finish } from '../../src/model/steps.ts';
import { openContents } from '../../src/probes/layers/contents.ts';
import { readLayers } from '../../src/probes/layers/read-layers.ts';
import { openHost } from '../../src/probes/open-host.ts';
import { readMountinfo } from '../../src/probes/proc/mountinfo.ts';
import { isInstalled, run } from '../support/command.ts';
import { makeBusyboxArchive } from '../support/engines/busybox.ts';
import { sweepCgroupsLater } from '../support/engines/cgroup-sweep.ts';
import { buildImage, busyboxImage, type Docker, dockerClient } from '../support/engines/docker.ts';
import { podmanIsMissing, preparePodman } from '../support/engines/podman.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const lane = inject('docker');
const workDir = makeWorkDir();
const host = openHost();
afterAll(async () => {
  host.close();
  await removeWorkDir(workDir);
});

function layersOf(pid: number, containerId: string | null): { layers: Layers; problems: readonly { path: string }[] } {
  const mountinfo = readMountinfo(host, pid);
  const hostMounts = readMountinfo(host, 'self');
  if (mountinfo.status !== 'ok' || hostMounts.status !== 'ok') throw new Error(`no mountinfo of ${pid}`);
  const around = { hostMounts: hostMounts.value, supervisorMounts: null, storageRoots: [] };
  const sample = readLayers(host, { mountinfo: mountinfo.value, containerId, ...around });
  if (sample === null) throw new Error(`no root of ${pid}`);
  return buildLayers(finish(openContents(host).count(sample, Number.POSITIVE_INFINITY, hostMounts.value)));
}

/** What find(1) counts in a directory. */
async function countedByFind(directory: string) {
  const listed = await run('find', directory, '-mindepth', '1', '!', '-type', 'd', '-printf', '%y %i %s\\n');
  const entries = listed.split('\n').filter((line) => line !== '');
  const files = entries.filter((line) => !line.startsWith('c '));
  const inodes = new Set(files.filter((line) => line.startsWith('f ')));
  const bytes = [...inodes].reduce((sum, line) => sum + Number(line.split(' ')[2]), 0);
  return { files: files.length, bytes, whiteouts: entries.length - files.length };
}

const inspectSchema = z.tuple([
  z.object({
    Id: z.string(),
    Image: z.string(),
    State: z.object({ Pid: z.int() }),
    GraphDriver: z.object({ Data: z.object({ LowerDir: z.string(), UpperDir: z.string() }) }),
  }),
]);
const imageSchema = z.tuple([z.object({ RootFS: z.object({ Layers: z.array(z.string()) }) })]);

/** Dockerfile steps that make no layer, as the history shows them. */
const makesNoLayer = /#\(nop\)\s+(?:ENV|LABEL|CMD)\b/;

describe.skipIf(lane === null)('branches of Docker containers', () => {
  let docker: Docker['docker'];
  const images: { readonly [name: string]: string } = {
    'layers-few': `FROM ${busyboxImage}
RUN echo one > /one && echo two > /two && mkdir /deep && echo x > /deep/x
ENV GREETING=hello
RUN rm -r /one /two /deep && mkdir /data && echo three > /data/three && ln /data/three /data/again
LABEL org.example.empty=yes
CMD ["sleep", "1000007"]
`,
    'layers-many': `FROM ${busyboxImage}
${Array.from({ length: 60 }, (_, index) => `COPY Dockerfile /f${index}`).join('\n')}
CMD ["sleep", "1000008"]
`,
  };

  beforeAll(async () => {
    if (lane === null) return;
    docker = dockerClient(lane.socket, lane.configDir);
    for (const [name, dockerfile] of Object.entries(images)) {
      await buildImage(docker, workDir, name, dockerfile);
      await docker('run', '-d', '--name', name, name);
    }
    await docker('exec', 'layers-few', 'sh', '-c', 'rm /bin/ls && echo written > /written');
  });
  afterAll(async () => {
    if (lane !== null) await docker('rm', '-fv', ...Object.keys(images));
  });

  const oracleOf = async (name: string) => {
    const [container] = inspectSchema.parse(JSON.parse(await docker('inspect', name)));
    const [image] = imageSchema.parse(JSON.parse(await docker('image', 'inspect', container.Image)));
    const history = await docker('history', '--no-trunc', '--format', '{{.CreatedBy}}|{{.Comment}}', container.Image);
    return { ...container, digests: image.RootFS.Layers.reverse(), history: history.split('\n') };
  };

  it.each(Object.keys(images))('%s: paths, roles, digests and instructions', async (name) => {
    const { Id, State, GraphDriver, digests, history } = await oracleOf(name);
    const named = /lowerdir=([^:,]*)/.exec(rootLine(State.Pid))?.[1] ?? '';
    // So many layers are named relative to the store: their absolute names would not fit into a page.
    expect(named.startsWith('/')).toBe(name !== 'layers-many');
    for (const id of [Id, null]) {
      const { layers, problems } = layersOf(State.Pid, id);
      const { UpperDir, LowerDir } = GraphDriver.Data;
      expect(problems).toEqual([]);
      expect(layers).toMatchObject({ driver: 'overlay', mountPoint: '/', source: 'overlay' });
      expect(layers.branches.map(({ path }) => path)).toEqual([UpperDir, ...LowerDir.split(':')]);
      expect(layers.branches.map(({ role, access }) => `${role} ${access}`)).toEqual([
        'rw rw',
        'init ro',
        ...digests.map(() => 'image ro+wh'),
      ]);
      expect(layers.branches.map(({ digest }) => digest)).toEqual([null, null, ...digests]);
      const steps = history.filter((line) => !makesNoLayer.test(line)).map((line) => line.replace(/^\||\|$/, ''));
      expect(layers.branches.slice(2).map(({ createdBy }) => createdBy?.trimEnd())).toEqual(
        steps.map((step) => step.trimEnd()),
      );
    }
  });

  it('files, bytes and whiteouts are those that find sees', async () => {
    const { Id, State } = await oracleOf('layers-few');
    const { layers } = layersOf(State.Pid, Id);
    for (const { path, files, bytes, whiteouts } of layers.branches) {
      expect({ path, files, bytes, whiteouts }).toEqual({ path, ...(await countedByFind(path)) });
    }
    expect(layers.branches.map(({ whiteouts }) => whiteouts)).toEqual([1, 0, 3, 0, 0]);
  });

  it.skipIf(!isInstalled('ctr'))('containerd’s numbers are branches without digests, and it is said why', async () => {
    const ctr = (...args: readonly string[]) =>
      run('ctr', '-a', lane?.containerd ?? '', '-n', 'nsview-layers', ...args);
    const sweep = sweepCgroupsLater('nsview-layers');
    const archive = `${workDir}/image.tar`;
    await docker('save', '-o', archive, 'layers-few');
    await ctr('images', 'import', archive);
    const [image = ''] = (await ctr('images', 'ls', '-q')).split('\n');
    await ctr('run', '-d', image, 'layers-ctr');
    try {
      const line = (await ctr('task', 'ls')).split('\n').find((task) => task.startsWith('layers-ctr'));
      const pid = Number(line?.split(/\s+/)[1]);
      const { layers, problems } = layersOf(pid, 'layers-ctr');
      const [, lower = '', upper = ''] = /lowerdir=([^,]*),upperdir=([^,]*)/.exec(rootLine(pid)) ?? [];
      expect(layers.branches.map(({ path }) => path)).toEqual([upper, ...lower.split(':')]);
      expect(layers.branches.map(({ role }) => role)).toEqual(['rw', 'image', 'image', 'image']);
      expect(layers.branches.map(({ digest }) => digest)).toEqual([null, null, null, null]);
      expect(problems.map(({ path }) => path)).toEqual([expect.stringMatching(/\/metadata\.db$/)]);
    } finally {
      await ctr('task', 'rm', '-f', 'layers-ctr');
      await ctr('containers', 'rm', 'layers-ctr');
      sweep();
    }
  });
});

function rootLine(pid: number): string {
  const lines = readFileSync(`/proc/${pid}/mountinfo`, 'utf8').split('\n');
  return lines.find((line) => line.split(' ')[4] === '/') ?? '';
}

const podmanSchema = z.tuple([
  z.object({
    Id: z.string(),
    Image: z.string(),
    State: z.object({ Pid: z.int() }),
    GraphDriver: z.object({ Data: z.object({ LowerDir: z.string(), UpperDir: z.string() }) }),
  }),
]);
const podmanHistory = z.array(z.object({ CreatedBy: z.string().optional(), size: z.int() }));

describe.skipIf(podmanIsMissing)('branches of Podman containers', () => {
  it('digests and instructions are those of podman image inspect and history', async () => {
    const { podman, start, stop } = await preparePodman(workDir);
    try {
      const names = ['one', 'two', 'three'];
      const steps = names.map((name) => `COPY ${name} /${name}`).join('\n');
      const context = `${workDir}/podman-context`;
      await run('mkdir', context);
      await run('sh', '-c', 'cd "$1" && for f in one two three; do echo $f > $f; done', 'sh', context);
      await run(
        'sh',
        '-c',
        'printf "%s\\n" "$2" > "$1/Dockerfile"',
        'sh',
        context,
        `FROM ${busyboxImage}\n${steps}\nCMD ["sleep", "1000009"]`,
      );
      await podman('build', '--layers', '-q', '-t', 'layers-podman', context);
      await start('layers-podman', 'layers-podman');
      const [container] = podmanSchema.parse(JSON.parse(await podman('inspect', 'layers-podman')));
      const [image] = imageSchema.parse(JSON.parse(await podman('image', 'inspect', container.Image)));
      const history = podmanHistory.parse(
        JSON.parse(await podman('history', '--format', 'json', '--no-trunc', container.Image)),
      );
      const { layers, problems } = layersOf(container.State.Pid, container.Id);
      expect(problems).toEqual([]);
      const { UpperDir, LowerDir } = container.GraphDriver.Data;
      expect(layers.branches.map(({ path }) => path)).toEqual([UpperDir, ...LowerDir.split(':')]);
      expect(layers.branches.map(({ digest }) => digest)).toEqual([null, ...image.RootFS.Layers.reverse()]);
      const made = history.filter(({ CreatedBy }) => CreatedBy?.includes('COPY')).map(({ CreatedBy }) => CreatedBy);
      expect(layers.branches.slice(1, -1).map(({ createdBy }) => createdBy)).toEqual(made);
      expect(made.length).toBe(names.length);
    } finally {
      await stop();
    }
  });

  it.skipIf(!isInstalled('fuse-overlayfs'))('branches of a FUSE mount are those of podman inspect', async () => {
    const fuse = makeWorkDir();
    const { podman, stop } = await preparePodman(fuse);
    const apart = ['--root', `${fuse}/fuse`, '--storage-opt', 'overlay.mount_program=/usr/bin/fuse-overlayfs'];
    try {
      await podman(...apart, 'import', await makeBusyboxArchive(fuse), busyboxImage);
      const limits = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1024:1024'];
      const options = ['-d', '--name', 'layers-fuse', '--network', 'host', ...limits];
      await podman(...apart, 'run', ...options, busyboxImage, 'sleep', '1000012');
      await podman(...apart, 'exec', 'layers-fuse', 'rm', '/bin/cat', '/bin/ls');
      const [container] = podmanSchema.parse(JSON.parse(await podman(...apart, 'inspect', 'layers-fuse')));
      const [image] = imageSchema.parse(JSON.parse(await podman(...apart, 'image', 'inspect', container.Image)));
      const { layers, problems } = layersOf(container.State.Pid, container.Id);
      expect(problems).toEqual([]);
      expect(layers.driver).toBe('fuse-overlayfs');
      const { UpperDir, LowerDir } = container.GraphDriver.Data;
      expect(layers.branches.map(({ path }) => path)).toEqual([UpperDir, ...LowerDir.split(':')]);
      expect(layers.branches.map(({ digest }) => digest)).toEqual([null, ...image.RootFS.Layers]);
      expect(layers.branches.map(({ whiteouts }) => whiteouts)).toEqual([2, 0]);
    } finally {
      await podman(...apart, 'rm', '-fa', '-t', '0');
      await stop();
      await removeWorkDir(fuse);
    }
  });
});
