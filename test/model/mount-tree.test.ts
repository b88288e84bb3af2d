import { describe, expect, it } from 'vitest';
import { below, mountAt, rootMount, visiblePath } from '../../src/model/mount-tree.ts';
import { mountLines } from '../support/mount-line.ts';

const host = mountLines(`25 0 8:1 / / rw - ext4 /dev/sda1 rw
  26 25 0:5 / /proc rw - proc proc rw
  30 25 8:2 /@home /home rw - btrfs /dev/sda2 rw
  31 25 8:1 /srv/data /mnt rw - ext4 /dev/sda1 rw
  32 25 8:3 / /srv rw - ext4 /dev/sda3 rw
  33 25 0:40 / /run rw - tmpfs tmpfs rw
`);

describe('mount table', () => {
  it.each([
    ['/etc/hosts', 25],
    ['/home', 30],
    ['/home/a/b', 30],
    ['/homestead', 25],
    ['/srv/x', 32],
    ['/', 25],
  ])('%s is on mount %i', (path, id) => {
    expect(mountAt(path, host)?.id).toBe(id);
  });

  it('takes the last of several mounts at one place', () => {
    expect(
      mountAt(
        '/a',
        mountLines('1 0 8:1 / / rw - ext4 a rw\n2 1 0:9 / /a rw - tmpfs t rw\n3 1 0:8 / /a rw - tmpfs t rw\n'),
      )?.id,
    ).toBe(3);
  });

  it.each([
    ['8:1', '/etc/hosts', '/etc/hosts'],
    ['8:1', '/', '/'],
    ['8:2', '/@home/ada', '/home/ada'],
    ['8:2', '/@root', null],
    ['0:40', '/docker.sock', '/run/docker.sock'],
    ['9:9', '/x', null],
  ])('%s %s is seen at %s', (device, root, path) => {
    expect(visiblePath(device, root, host)).toBe(path);
  });

  it('finds what another mount hides where a bind shows it still', () => {
    expect(visiblePath('8:1', '/srv/data/x', host)).toBe('/mnt/x');
    expect(visiblePath('8:1', '/srv/other', host)).toBeNull();
  });

  it('takes for the root what the process has, not what was put over it later', () => {
    const mounts = mountLines(`201 160 0:47 / / rw - overlay overlay rw
      202 201 0:50 / /proc rw - proc proc rw
      203 201 0:51 / / rw - tmpfs tmpfs rw
    `);
    expect(rootMount(mounts)?.id).toBe(201);
    expect(rootMount([...mounts].reverse())?.id).toBe(201);
    expect(rootMount([])).toBeNull();
    expect(rootMount(mountLines('202 201 0:50 / /proc rw - proc proc rw\n'))).toBeNull();
  });

  it.each([
    ['/a/b', '/a', 'b'],
    ['/a', '/a', ''],
    ['/ab', '/a', null],
    ['/a', '/', 'a'],
    ['/', '/', ''],
  ])('%s below %s: %s', (path, directory, rest) => {
    expect(below(path, directory)).toBe(rest);
  });
});
