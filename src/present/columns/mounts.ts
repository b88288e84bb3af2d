import type { Mount } from '../../model/document/isolation.ts';
import { printable } from '../printable.ts';
import type { Column } from './column.ts';

type MountColumn = Column<Mount, null>;

const text = { width: 8, grow: false, align: 'left', largestFirst: false } as const;

/** Every column of a container's mount. */
export const mountColumns = [
  {
    ...text,
    key: 'target',
    title: 'TARGET',
    description: 'where the container sees it',
    width: 22,
    grow: true,
    cell: ({ target }) => printable(target),
    value: ({ target }) => target,
  },
  {
    ...text,
    key: 'kind',
    title: 'KIND',
    description: 'bind, volume, tmpfs, rootfs, kernel, or masked: covered so that nobody reads it',
    width: 6,
    cell: ({ kind }) => kind,
    value: ({ kind }) => kind,
  },
  {
    ...text,
    key: 'type',
    title: 'TYPE',
    description: 'the file system',
    width: 8,
    cell: ({ fsType }) => printable(fsType),
    value: ({ fsType }) => fsType,
  },
  {
    ...text,
    key: 'access',
    title: 'RW',
    description: 'ro or rw',
    width: 2,
    cell: ({ options }) => (options.includes('ro') ? 'ro' : 'rw'),
    value: ({ options }) => (options.includes('ro') ? 'ro' : 'rw'),
  },
  {
    ...text,
    key: 'propagation',
    title: 'PROPAGATES',
    description: 'private, shared or slave: whether mounts below it reach others',
    width: 10,
    cell: ({ propagation }) => printable(propagation),
    value: ({ propagation }) => propagation,
  },
  {
    ...text,
    key: 'source',
    title: 'SOURCE',
    description: 'where it comes from on the host',
    width: 24,
    grow: true,
    cell: ({ source }) => printable(source),
    value: ({ source }) => source,
  },
  {
    ...text,
    key: 'options',
    title: 'OPTIONS',
    description: 'mount options',
    width: 20,
    grow: true,
    cell: ({ options }) => printable(options.join(',')),
    value: ({ options }) => options.join(','),
  },
] as const satisfies readonly MountColumn[];
