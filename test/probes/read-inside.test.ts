import { describe, expect, it } from 'vitest';
import { readInside } from '../../src/probes/read-inside.ts';
import { memoryHost } from '../support/memory-host.ts';

const ROOT = '1 0 0:30 / / rw - overlay overlay rw\n';
const mountOf = (target: string, type: string) => `2 1 0:31 / ${target} rw - ${type} source rw\n`;
const FILES = `=== proc/42/root/mnt/a/sh
served
=== proc/42/root/mnt/own/sh
own
=== proc/42/root/usr/bin/sh
real
=== proc/42/root/bin -> usr/bin
=== proc/42/root/sbin -> /mnt/a
=== proc/42/root/lib -> bin/../../mnt/./a
=== proc/42/root/loop -> loop
`;

describe('a read inside a root', () => {
  it.each([
    ['with no FUSE mount', '', '/mnt/a/sh', 'served\n'],
    ['beside one', mountOf('/mnt/a', 'fuse.sshfs'), '/bin/sh', 'real\n'],
    ['beside one with a like name', mountOf('/mnt/a', 'fuse'), '/mnt/own/sh', 'own\n'],
    ['of what is absent beside one', mountOf('/mnt/a', 'fuse'), '/bin/bash', 'ENOENT'],
    ['on one', mountOf('/mnt/a', 'fuse.sshfs'), '/mnt/a/sh', 'FUSE'],
    ['of a file that is one', mountOf('/usr/bin/sh', 'fuse'), '/usr/bin/sh', 'FUSE'],
    ['on a block device’s', mountOf('/mnt/a', 'fuseblk'), '/mnt/a/sh', 'FUSE'],
    ['below one, on another mount', mountOf('/mnt', 'fuse') + mountOf('/mnt/own', 'tmpfs'), '/mnt/own/sh', 'FUSE'],
    ['by a link onto one', mountOf('/mnt/a', 'fuse'), '/sbin/sh', 'FUSE'],
    ['by a link of a link onto one', mountOf('/mnt/a', 'fuse'), '/lib/sh', 'FUSE'],
    ['of a link to itself', mountOf('/mnt/a', 'fuse'), '/loop', 'ELOOP'],
    ['whose root is one', mountOf('/', 'fuse.fuse-overlayfs'), '/bin/sh', 'FUSE'],
    ['beside the table of connections', mountOf('/mnt', 'fusectl'), '/mnt/own/sh', 'own\n'],
    ['on one that calls itself lxcfs', mountOf('/mnt/a', 'fuse.lxcfs'), '/mnt/a/sh', 'FUSE'],
  ])('%s', (_, mounts, path, expected) => {
    const host = memoryHost(`${FILES}=== proc/42/mountinfo\n${ROOT}${mounts}`);
    const read = readInside(host, 42, path, 99);
    expect(read.status === 'ok' ? read.value : read.status === 'unsupported' && read.code).toBe(expected);
  });

  it('is gone with the process', () => {
    expect(readInside(memoryHost(FILES), 43, '/bin/sh', 1)).toEqual({ status: 'gone' });
  });
});
