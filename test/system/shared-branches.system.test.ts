import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { inspectSchema, layersOutputSchema } from '../../src/model/document/outputs.ts';
import { isInstalled } from '../support/command.ts';
import { makeBusyboxRoot } from '../support/engines/busybox.ts';
import { buildImage, busyboxImage, dockerClient } from '../support/engines/docker.ts';
import { startMounted } from '../support/engines/foreground.ts';
import { podmanIsMissing, preparePodman } from '../support/engines/podman.ts';
import { nsview, nsviewJson } from '../support/nsview.ts';
import { openOwnStore } from '../support/own-store.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const lane = inject('docker');
const workDir = makeWorkDir();
afterAll(() => removeWorkDir(workDir));

type Engine = (...args: readonly string[]) => Promise<string>;

/** Of a container, and of an image: the directories of its layers. */
const driverSchema = z.array(
  z.object({ GraphDriver: z.object({ Data: z.object({ UpperDir: z.string(), LowerDir: z.string().optional() }) }) }),
);

async function directoriesOf(engine: Engine, ...inspect: readonly string[]): Promise<readonly (readonly string[])[]> {
  return driverSchema
    .parse(JSON.parse(await engine(...inspect)))
    .map(({ GraphDriver: { Data } }) => [Data.UpperDir, ...(Data.LowerDir?.split(':') ?? [])]);
}

const lines = (text: string) => [...new Set(text.split('\n').filter((line) => line !== ''))];

/** What the engine says of who has each of a container's branches. */
async function usersByEngine(engine: Engine, ref: string) {
  const containers = await directoriesOf(engine, 'inspect', ...lines(await engine('ps', '-q')));
  const images = await directoriesOf(
    engine,
    'image',
    'inspect',
    ...lines(await engine('images', '-q', '--no-trunc')).map((id) => id.replace('sha256:', '')),
  );
  const [own = []] = await directoriesOf(engine, 'inspect', ref);
  const having = (those: readonly (readonly string[])[], at: string) =>
    those.filter((directories) => directories.includes(at)).length;
  return own.map((at) => ({ path: at, containers: having(containers, at), images: having(images, at) }));
}

async function usersByUs(ref: string) {
  const { layers } = await nsviewJson(layersOutputSchema, ['layers', ref]);
  return layers?.branches.map(({ path: at, containers, images }) => ({ path: at, containers, images }));
}

const ofOne = `FROM ${busyboxImage}
RUN echo shared > /shared
ENV STEP=made-no-layer
RUN echo one > /one
CMD ["sleep", "1000013"]
`;
const ofTwo = ofOne.replace('echo one > /one', 'echo two > /two');

describe.skipIf(lane === null)('branches of Docker containers', () => {
  it('are shared by as many containers and images as docker says', async () => {
    if (lane === null) return;
    const docker = dockerClient(lane.socket, lane.configDir);
    const names = ['shared-a', 'shared-b', 'shared-c'];
    await buildImage(docker, workDir, 'shared-one', ofOne);
    await buildImage(docker, workDir, 'shared-two', ofTwo);
    try {
      for (const [at, image] of ['shared-one', 'shared-one', 'shared-two'].entries()) {
        await docker('run', '-d', '--name', names[at] ?? '', image);
      }
      const told = await usersByUs('shared-a');
      expect(told).toEqual(await usersByEngine(docker, 'shared-a'));
      // Its own, the init layer; what one image adds, what both have; the busybox below has been used by others too.
      expect(told?.slice(0, 4).map(({ containers, images }) => [containers, images])).toEqual([
        [1, 0],
        [1, 0],
        [2, 1],
        [3, 2],
      ]);
      // Another name is no other image, and what stops is no running container.
      await docker('tag', 'shared-one', 'shared-again');
      await docker('rm', '-f', 'shared-b');
      expect(await usersByUs('shared-a')).toEqual(await usersByEngine(docker, 'shared-a'));
      expect((await nsview(['layers', 'shared-a'])).stdout).toMatch(
        /CONTAINERS +IMAGES(?:.*\n)* +2 +image .* 1 +1 +\//,
      );
    } finally {
      await docker('rm', '-fv', ...names);
      await docker('rmi', '-f', 'shared-one', 'shared-two', 'shared-again');
    }
  });
});

describe.skipIf(podmanIsMissing)('branches of Podman containers', () => {
  it('are shared by as many containers and images as podman says', async () => {
    const { podman, start, stop } = await preparePodman(workDir);
    try {
      for (const [name, own] of [
        ['pod-one', 'one'],
        ['pod-two', 'two'],
      ] as const) {
        const context = path.join(workDir, name);
        mkdirSync(context);
        for (const file of ['shared', own]) writeFileSync(path.join(context, file), file);
        writeFileSync(
          path.join(context, 'Dockerfile'),
          `FROM ${busyboxImage}\nCOPY shared /shared\nENV A=b\nCOPY ${own} /${own}\nCMD ["sleep", "1000014"]\n`,
        );
        await podman('build', '--layers', '-q', '-t', name, context);
      }
      await start('shared-pod-a', 'pod-one');
      await start('shared-pod-b', 'pod-two');
      const told = await usersByUs('shared-pod-a');
      expect(told).toEqual(await usersByEngine(podman, 'shared-pod-a'));
      expect(told?.map(({ containers, images }) => [containers, images])).toEqual([
        [1, 0],
        [1, 1],
        [2, 2],
        [2, 3],
      ]);
    } finally {
      await stop();
    }
  });
});

const imagesSchema = z.object({ images: z.array(z.object({ layers: z.array(z.string()) })) });
const configSchema = z.object({ name: z.string(), layers: z.array(z.string()) });

function configOf(root: string, name: string): string {
  const configs = readdirSync(`${root}/containers`)
    .filter((id) => /^[0-9a-f]{64}$/.test(id))
    .map((id) => `${root}/containers/${id}/config.json`);
  const found = configs.find((config) => JSON.parse(readFileSync(config, 'utf8')).name === name);
  if (found === undefined) throw new Error(`no container ${name}`);
  return found;
}

describe.skipIf(process.getuid?.() !== 0)('branches of containers of our own', () => {
  it('are shared by those who run the image, and by the images made of it', async () => {
    const store = await openOwnStore();
    const done = async (...args: readonly string[]) => {
      const { exitCode, stdout, stderr } = await store.nsview(...args);
      if (exitCode !== 0) throw new Error(`${args.join(' ')}: ${stderr}`);
      return stdout;
    };
    try {
      for (const [name, image] of [
        ['own-a', 'nsview/demo'],
        ['own-b', 'nsview/union'],
        ['own-c', 'nsview/union'],
      ] as const) {
        await done('run', '-d', '--name', name, '--cgroup-parent', store.parent, image, 'sleep', '1000015');
      }
      const { images } = imagesSchema.parse(JSON.parse(readFileSync(`${store.root}/images.json`, 'utf8')));
      const lowers = ['own-a', 'own-b', 'own-c'].map(
        (name) => configSchema.parse(JSON.parse(readFileSync(configOf(store.root, name), 'utf8'))).layers,
      );
      const told = layersOutputSchema.parse(JSON.parse(await done('layers', 'own-b', '--json'))).layers?.branches ?? [];
      expect(told.slice(0, 2).map(({ role, containers, images: own }) => [role, containers, own])).toEqual([
        ['rw', 1, 0],
        ['init', 1, 0],
      ]);
      for (const branch of told.slice(2)) {
        expect([branch.containers, branch.images]).toEqual([
          lowers.filter((those) => those.includes(branch.path)).length,
          images.filter(({ layers }) => layers.includes(`sha256:${path.basename(branch.path)}`)).length,
        ]);
      }
      expect(told.map(({ containers }) => containers)).toContain(2);
      expect(told.length).toBeGreaterThan(2);
    } finally {
      await store.close();
    }
  });
});

describe.skipIf(process.getuid?.() !== 0 || !isInstalled('pivot_root'))('branches of no engine', () => {
  it('are shared by those mounted of them; without a writable one, and of unknown images, which is said', async () => {
    const root = await makeBusyboxRoot(workDir);
    const start = (name: string, ...above: readonly string[]) => {
      const [merged = '', ...lowers] = ['merged', ...above].map((each) => path.join(workDir, name, each));
      for (const directory of [merged, ...lowers]) mkdirSync(directory, { recursive: true });
      const mount = `mount -t overlay overlay -o 'lowerdir=${[...lowers, root].join(':')}' '${merged}'`;
      return startMounted(workDir, name, merged, mount);
    };
    const one = await start('bare-one', 'a');
    const two = await start('bare-two', 'b', 'c');
    try {
      const ref = `pid:${one.pid}`;
      const told = await nsviewJson(inspectSchema, ['inspect', ref]);
      expect(told.layers?.branches).toMatchObject([{ role: 'image' }, { role: 'image', path: root }]);
      expect(await usersByUs(ref)).toEqual([
        { path: path.join(workDir, 'bare-one/a'), containers: 1, images: null },
        { path: root, containers: 2, images: null },
      ]);
      const { stdout, stderr } = await nsview(['layers', ref]);
      expect(stdout).toMatch(/^overlay on \/ from overlay, no writable branch\n/);
      expect(stderr).toContain('it is unknown how many images have the layers: this is no directory of a store');
      expect((await nsview(['diff', ref])).stdout).toBe('');
    } finally {
      await two.stop();
      await one.stop();
    }
  });
});
