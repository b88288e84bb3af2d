import { afterAll, describe, expect, inject, it } from 'vitest';
import { z } from 'zod';
import { diffSchema, layersPathSchema } from '../../src/model/document/branch-paths.ts';
import { layersOutputSchema } from '../../src/model/document/outputs.ts';
import { busyboxImage, dockerClient } from '../support/engines/docker.ts';
import { startDockerInDocker } from '../support/engines/docker-in-docker.ts';
import { nsview, nsviewJson } from '../support/nsview.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const lane = inject('docker');
const workDir = makeWorkDir();
afterAll(() => removeWorkDir(workDir));

const containerSchema = z.tuple([
  z.object({
    Id: z.string(),
    GraphDriver: z.object({ Data: z.object({ LowerDir: z.string(), UpperDir: z.string() }) }),
  }),
]);
const mountsSchema = z.array(z.object({ Source: z.string(), Destination: z.string() }));

const dockerfile = `FROM ${busyboxImage}
RUN echo one > /one && echo two > /two && mkdir /dir && echo x > /dir/x
RUN rm /two && echo more >> /one
CMD ["sleep", "1000014"]
`;

describe.skipIf(lane === null)('a container of a Docker that is in a container', () => {
  const outer = dockerClient(lane?.socket ?? '', lane?.configDir ?? '');
  it('has its layers in the volume of that one, each with its instruction', async () => {
    const name = 'nsview-dind';
    const { docker, stop } = await startDockerInDocker(outer, workDir, { name, data: ['-v', '/var/lib/docker'] });
    try {
      const write = `mkdir /run/c && printf '%s' "$0" > /run/c/Dockerfile`;
      await outer('exec', name, 'sh', '-c', write, dockerfile);
      await docker('build', '-q', '--network', 'none', '-t', 'inner', '/run/c');
      await docker('run', '-d', '--name', `${name}-inner`, '--network', 'none', 'inner');
      const script = 'rm /one; mv /dir /moved; echo new > /new; echo 192.0.2.7 riddle >> /etc/hosts';
      await docker('exec', `${name}-inner`, 'sh', '-c', script);
      const [inspected] = containerSchema.parse(JSON.parse(await docker('inspect', `${name}-inner`)));
      const mounts = mountsSchema.parse(JSON.parse(await outer('inspect', '-f', '{{json .Mounts}}', name)));
      const volume = mounts.find(({ Destination }) => Destination === '/var/lib/docker')?.Source ?? '';
      const { UpperDir, LowerDir } = inspected.GraphDriver.Data;
      const { layers } = await nsviewJson(layersOutputSchema, ['layers', inspected.Id]);
      expect(layers?.branches.map(({ path }) => path)).toEqual(
        [UpperDir, ...LowerDir.split(':')].map((path) => path.replace('/var/lib/docker', volume)),
      );
      expect(layers?.branches.map(({ role }) => role)).toEqual(['rw', 'init', 'image', 'image', 'image']);
      expect(layers?.branches.map(({ createdBy }) => createdBy)).toEqual([
        null,
        null,
        expect.stringContaining('rm /two && echo more >> /one'),
        expect.stringContaining('echo one > /one'),
        expect.stringContaining('Imported'),
      ]);
      const theirs = (await docker('diff', `${name}-inner`)).split('\n').filter((line) => line !== '');
      const { changes } = await nsviewJson(diffSchema, ['diff', inspected.Id]);
      expect(changes.map(({ kind, path }) => `${kind} ${path}`).sort()).toEqual(theirs.sort());
      const told = (path: string) => nsviewJson(layersPathSchema, ['layers', inspected.Id, path]);
      expect(await told('/two')).toMatchObject({ kind: 'deleted', state: null, shadows: [{ index: 2 }, { index: 3 }] });
      expect(await told('/one')).toMatchObject({ kind: 'deleted', state: 'deleted' });
      expect(await told('/etc/hosts')).toMatchObject({
        providedBy: 1,
        mountedOver: { kind: 'bind', target: '/etc/hosts' },
      });
    } finally {
      await stop();
    }
  });

  it('has layers that cannot be seen from the host, which is said', async () => {
    const name = 'nsview-dind-apart';
    const data = ['--tmpfs', '/var/lib/docker:exec'];
    const { docker, stop } = await startDockerInDocker(outer, workDir, { name, data });
    try {
      await docker('run', '-d', '--name', `${name}-inner`, '--network', 'none', busyboxImage, 'sleep', '1000015');
      const [{ Id }] = containerSchema.parse(JSON.parse(await docker('inspect', `${name}-inner`)));
      const { stderr, exitCode } = await nsview(['layers', Id]);
      expect(exitCode).toBe(0);
      expect(stderr).toMatch(
        /^note: .*: the layers are in a file system that the engine has mounted, and we have not/m,
      );
      const path = await nsview(['layers', Id, '/bin/busybox']);
      expect(path).toMatchObject({ exitCode: 1, stdout: '' });
    } finally {
      await stop();
    }
  });
});
