import type { LookAnswer, LookQuestion } from '../../src/model/cgroup/look.ts';

const MIB = 1024 ** 2;

/** What the groups of a Docker container on v1 say, without a hugetlb hierarchy. */
export function lookFixture({ paths, files, chain }: LookQuestion): LookAnswer {
  const own = paths['memory'] ?? '/docker/web';
  return {
    others: {
      hugetlb: null,
      devices: {
        rules: ['c 1:3 rwm', 'c 1:5 rwm', 'c 136:* rwm'],
        file: `/sys/fs/cgroup/devices${own}/devices.list`,
      },
      freezer: { state: 'thawed', byAncestor: false, file: `/sys/fs/cgroup/freezer${own}/freezer.state` },
    },
    files: files.map((file) => ({ file, text: 'cache 2097152\nrss 20971520\ninactive_file 1048576\n', why: null })),
    chain:
      chain === null
        ? null
        : {
            controller: chain,
            atUs: 1_000_000,
            groups: [
              {
                path: own,
                file: `/sys/fs/cgroup/memory${own}/memory.limit_in_bytes`,
                limit: 256 * MIB,
                use: 23 * MIB,
                says: null,
              },
              {
                path: '/docker',
                file: '/sys/fs/cgroup/memory/docker/memory.limit_in_bytes',
                limit: 'max',
                use: 340 * MIB,
                says: null,
              },
            ],
          },
  };
}
