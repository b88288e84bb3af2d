import type { Container } from '../../src/model/document/container.ts';
import type { HostNamespace, NamespaceType } from '../../src/model/document/namespace.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import {
  bareContainerFixture,
  type Changes,
  containerFixture,
  INITIAL_INODE,
  NAMESPACE_TYPES,
} from './container-fixture.ts';

function hostNamespace(type: NamespaceType, inode: number, changes: Changes<HostNamespace>): HostNamespace {
  return {
    type,
    inode,
    initial: false,
    processes: [],
    containers: [],
    heldBy: [],
    parent: null,
    owner: null,
    ownerUid: null,
    ...changes,
  };
}

/** Every namespace of the containers, the initial ones, and one that only a bind mount keeps alive. */
function hostNamespaces(containers: readonly Container[]): HostNamespace[] {
  const initial = NAMESPACE_TYPES.map((type, index) =>
    hostNamespace(type, INITIAL_INODE + index, { initial: true, processes: [1], containers: ['host'] }),
  );
  const own = containers.flatMap((container) =>
    container.namespaces.flatMap(({ type, inode, isolated }) =>
      isolated === true && inode !== null
        ? [
            hostNamespace(type, inode, {
              processes: container.processes.map(({ pid }) => pid),
              containers: [container.name ?? container.shortId],
              owner: 4026531837,
            }),
          ]
        : [],
    ),
  );
  return [
    ...initial,
    ...own,
    hostNamespace('net', 4026532990, { heldBy: [{ kind: 'bind', where: '/run/netns/blue' }] }),
  ];
}

export function snapshotFixture(
  containers: readonly Container[] = [containerFixture(0), containerFixture(1, { name: 'db' }), bareContainerFixture()],
  changes: Changes<Snapshot> = {},
): Snapshot {
  return {
    atMs: Date.parse('2026-03-01T12:00:00.000Z'),
    elapsedUs: 1_000_000,
    host: {
      name: 'vm-1',
      kernel: '6.18.44',
      layout: 'hybrid',
      cpus: 2,
      memoryBytes: 25_276_878_848,
      processes: 131,
      threads: 402,
      containers: containers.length,
      cost: {
        processes: 4,
        threads: 9,
        memoryBytes: 64 * 1024 ** 2,
        kernelBytes: 4 * 1024 ** 2,
        namespaces: 11,
        mounts: null,
        cgroups: 3,
      },
      bootedAt: '2026-03-01T08:00:00.000Z',
      self: { cpuCores: 0.008, rssBytes: 63_963_136 },
      notices: [],
    },
    containers,
    stopped: [],
    rates: Object.fromEntries(
      containers.map(({ id }) => [id, { readBytes: 4_299_161, writeBytes: 0, rxBytes: 12_288, txBytes: 0 }]),
    ),
    namespaces: hostNamespaces(containers),
    hostGroups: null,
    engines: [
      { engine: 'docker', where: '/run/docker.sock', status: 'ok', message: 'Docker 20.10.24', remedy: null },
      { engine: 'podman', where: '/run/podman/podman.sock', status: 'absent', message: 'no socket', remedy: null },
    ],
    ...changes,
  };
}
