import type { Cgroup } from '../../src/model/document/cgroup.ts';
import type { Container } from '../../src/model/document/container.ts';
import type { ContainerNamespace, NamespaceType } from '../../src/model/document/namespace.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import {
  bareContainerFixture,
  type Changes,
  cgroupFixture,
  containerFixture,
  processFixture,
} from './container-fixture.ts';
import { procfsFixture } from './procfs-fixture.ts';
import { snapshotFixture } from './snapshot-fixture.ts';

const MIB = 1024 ** 2;

/** Namespaces of another container instead of its own. */
function sharing(container: Container, types: readonly NamespaceType[], partner: Container): ContainerNamespace[] {
  return container.namespaces.map((namespace) =>
    types.includes(namespace.type)
      ? {
          ...namespace,
          inode: partner.namespaces.find(({ type }) => type === namespace.type)?.inode ?? null,
          sharedWith: [partner.name ?? partner.shortId],
        }
      : namespace,
  );
}

function cgroup(path: string, changes: { cpu?: Changes<Cgroup['cpu']>; memory?: Changes<Cgroup['memory']> }): Cgroup {
  const base = cgroupFixture(path);
  return { ...base, cpu: { ...base.cpu, ...changes.cpu }, memory: { ...base.memory, ...changes.memory } };
}

const throttled = containerFixture(1, {
  name: 'burn',
  cgroup: cgroup('/docker/burn', {
    cpu: { limitCores: 0.2, usageCores: 0.2, ofLimitPercent: 100, throttledPercent: 96 },
    memory: { limitBytes: 300 * MIB, workingSetBytes: MIB, ofLimitPercent: 0.3 },
  }),
});

const nearLimit = containerFixture(2, {
  name: 'hog',
  cgroup: cgroup('/docker/hog', {
    cpu: { limitCores: 2, usageCores: 0.01, ofLimitPercent: 0.5, throttledPercent: 0 },
    memory: { limitBytes: 300 * MIB, workingSetBytes: 271 * MIB, ofLimitPercent: 90.3, failCount: 14 },
  }),
});

const web = containerFixture(3, { name: 'web', procfs: procfsFixture() });
const sidecar = containerFixture(4, {
  name: 'web-sidecar',
  namespaces: sharing(containerFixture(4), ['net', 'pid'], web),
  cgroup: cgroup('/docker/sidecar', {
    cpu: {
      limitCores: 'max',
      limitedBy: null,
      quotaUs: 'max',
      ofLimitPercent: null,
      usageCores: 0,
      throttledPercent: 0,
    },
    memory: { limitBytes: 'max', limitedBy: null, ofLimitPercent: null, workingSetBytes: MIB },
  }),
});

const pod = containerFixture(5, {
  name: 'k8s_api_x7f9c2d4b8-k2v9p_prod_0',
  engine: 'kubernetes',
  image: 'registry.example/team/api:2.14.0-rc.3',
  group: 'pod api-x7f9c2d4b8-k2v9p',
  cgroup: cgroup('/kubepods/burstable/pod1/api', {
    cpu: {
      limitCores: 2,
      usageCores: 0.41,
      ofLimitPercent: 20.5,
      throttledPercent: 3,
      limitedBy: '/kubepods/burstable/pod1',
    },
    memory: {
      limitBytes: 1024 * MIB,
      workingSetBytes: 380 * MIB,
      ofLimitPercent: 37.1,
      limitedBy: '/kubepods/burstable/pod1',
    },
  }),
});

const paused = containerFixture(6, {
  name: 'sleeper',
  engine: 'podman',
  status: 'paused',
  image: 'localhost/sleeper:1',
});
const starting = containerFixture(7, { name: 'coming', status: 'starting', startedAt: null, cgroup: null });
const lxc = containerFixture(8, { name: 'debian', engine: 'lxc', image: null, restartPolicy: null });

const hostile = containerFixture(10, {
  name: '\u001b[31mred\u202e\nnewline 東京スカイツリー',
  image: `evil\u200b${'x'.repeat(4096)}`,
  engine: 'containerd',
});

/** What a busy host looks like, with one of each trouble and a name that means harm. */
export const sceneContainers: readonly Container[] = [
  throttled,
  nearLimit,
  {
    ...web,
    namespaces: sharing(web, ['net', 'pid'], web).map((namespace) =>
      namespace.type === 'net' || namespace.type === 'pid' ? { ...namespace, sharedWith: ['web-sidecar'] } : namespace,
    ),
  },
  sidecar,
  pod,
  paused,
  starting,
  lxc,
  bareContainerFixture(),
  hostile,
];

export function sceneFixture(changes: Changes<Snapshot> = {}): Snapshot {
  return snapshotFixture(sceneContainers, changes);
}

/** As an ordinary user: links of others' processes cannot be read. */
export function deniedFixture(): Snapshot {
  const containers = [web].map((container) => ({
    ...container,
    namespaces: container.namespaces.map((namespace) => ({
      ...namespace,
      inode: null,
      isolated: null,
      sharedWith: [],
    })),
    layers: null,
    mounts: null,
    security: null,
    problems: [
      {
        path: `/proc/${container.init?.pid}/ns/net`,
        code: 'EACCES',
        message: 'the namespaces of this process are not ours to read',
        remedy: 'Run nsview as root.',
      },
    ],
  }));
  const scene = snapshotFixture(containers);
  const notice = {
    path: '/proc/*/ns',
    code: 'EACCES',
    message: 'namespaces of 118 of 131 processes are hidden: needs root',
    remedy: 'Run nsview as root.',
  };
  return { ...scene, host: { ...scene.host, notices: [notice] } };
}

/** A thousand rows, each with its own name and figures. */
export function crowdFixture(count: number, tick = 0): Snapshot {
  const containers = Array.from({ length: count }, (_, index) =>
    containerFixture(index % 16, {
      id: `${index.toString(16).padStart(64, '0')}`,
      shortId: `${index.toString(16).padStart(12, '0')}`,
      name: `crowd-${String(index).padStart(4, '0')}`,
      cgroup: cgroup(`/crowd/${index}`, { cpu: { usageCores: ((index * 7 + tick) % 100) / 200 } }),
      processes: [processFixture({ pid: 10_000 + index })],
    }),
  );
  return snapshotFixture(containers, { atMs: Date.parse('2026-03-01T12:00:00.000Z') + tick * 1000 });
}
