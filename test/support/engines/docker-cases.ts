import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { sweepCgroupsLater } from './cgroup-sweep.ts';
import { buildImage, busyboxImage, type Docker } from './docker.ts';

/** One way to start a container: options before the image, the image where it is not busybox, the command. */
type DockerCase = {
  readonly options?: readonly string[];
  readonly image?: string;
  readonly command?: readonly string[];
};

const sleep = ['sleep', '1000000'];

/** A group above a container that is tighter than the container's own limits. Docker gets it as `--cgroup-parent`. */
export const tighterParent = {
  path: '/nsview-test-parent',
  memoryBytes: 200 * 1024 ** 2,
  pids: 50,
  cores: 0.5,
} as const;

/** Made before the first container, since `joined` enters them. */
export const dockerCases: { readonly [name: string]: DockerCase } = {
  plain: { options: ['--ipc', 'shareable'] },
  cpus: { options: ['--cpus', '0.3'] },
  quota: { options: ['--cpu-period', '50000', '--cpu-quota', '10000'] },
  shares: { options: ['--cpu-shares', '512'] },
  cpuset: { options: ['--cpuset-cpus', '0'] },
  memory: { options: ['-m', '300m'] },
  reservation: { options: ['-m', '300m', '--memory-reservation', '100m'] },
  pids: { options: ['--pids-limit', '32'], command: ['sh', '-c', 'sleep 1000001 & exec sleep 1000002'] },
  hostnet: { options: ['--network', 'host'] },
  hostpid: { options: ['--pid', 'host'] },
  hosteverything: { options: ['--pid', 'host', '--network', 'host', '--ipc', 'host', '--uts', 'host'] },
  joined: {
    options: ['--pid', 'container:plain', '--network', 'container:plain', '--ipc', 'container:plain'],
  },
  nonet: { options: ['--network', 'none'] },
  readonly: { options: ['--read-only', '--tmpfs', '/tmp:size=16m'] },
  port: { options: ['-p', '127.0.0.1::80'], command: ['httpd', '-f', '-p', '80', '-h', '/etc'] },
  init: { options: ['--init'], command: ['sh', '-c', 'sleep 1000003; true'] },
  user: { options: ['--user', '65534:65534'] },
  paused: {},
  parented: { options: ['--cgroup-parent', tighterParent.path, '-m', '1g', '--pids-limit', '200'] },
  execed: {},
  layered: { image: 'nsview-layered' },
  many: { image: 'nsview-many' },
  cgroupns: { options: ['--cgroupns', 'private'] },
  capable: { options: ['--cap-add', 'SYS_ADMIN', '--security-opt', 'seccomp=unconfined'] },
  'a-name-of-sixty-characters-which-is-too-long-for-any-column0': { options: ['--hostname', 'short'] },
};

const layered = `FROM ${busyboxImage}
RUN echo one > /one
ENV GREETING=hello
RUN rm /one && mkdir /data && echo two > /data/two
LABEL org.example.empty=yes
CMD ["sleep", "1000004"]
`;

/** More layers than a page of mount options can name by absolute paths. */
const manyLayers = 105;

const controllers = {
  memory: { 'memory.limit_in_bytes': String(tighterParent.memoryBytes) },
  pids: { 'pids.max': String(tighterParent.pids) },
  cpu: { 'cpu.cfs_quota_us': '50000', 'cpu.cfs_period_us': '100000' },
} as const;

/** Starts every case. Returns what removes them all, and the group made for `parented`. */
export async function startDockerCases(docker: Docker['docker'], workDir: string): Promise<() => Promise<void>> {
  const sweep = sweepCgroupsLater(path.basename(tighterParent.path));
  for (const [controller, files] of Object.entries(controllers)) {
    const directory = `/sys/fs/cgroup/${controller}${tighterParent.path}`;
    mkdirSync(directory, { recursive: true });
    for (const [file, value] of Object.entries(files)) writeFileSync(path.join(directory, file), value);
  }
  await buildImage(docker, workDir, 'nsview-layered', layered);
  const numbers = Array.from({ length: manyLayers }, (_, index) => `f${index}`);
  const copies = numbers.map((name) => `COPY ${name} /many/${name}`).join('\n');
  const many = `FROM ${busyboxImage}\n${copies}\nCMD ["sleep", "1000005"]\n`;
  await buildImage(docker, workDir, 'nsview-many', many, Object.fromEntries(numbers.map((name) => [name, name])));
  for (const [name, { options = [], image, command }] of Object.entries(dockerCases)) {
    const what = image === undefined ? [busyboxImage, ...(command ?? sleep)] : [image];
    await docker('run', '-d', '--name', name, ...options, ...what);
  }
  await docker('pause', 'paused');
  await docker('exec', '-d', 'execed', 'sleep', '1000006');
  return async () => {
    await docker('rm', '-fv', ...Object.keys(dockerCases));
    sweep();
  };
}
