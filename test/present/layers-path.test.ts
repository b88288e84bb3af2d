import { describe, expect, it } from 'vitest';
import type { Mount } from '../../src/model/document/isolation.ts';
import { belowMount } from '../../src/present/layers-path.ts';

const mount = (target: string, kind: Mount['kind']): Mount => ({
  target,
  source: 'none',
  fsType: 'ext4',
  options: [],
  propagation: 'private',
  kind,
});

describe('belowMount', () => {
  const mounts = [mount('/', 'rootfs'), mount('/vol', 'bind'), mount('/vol/t', 'tmpfs'), mount('/proc', 'kernel')];

  it.each([
    ['/vol/f', 'it is below /vol, a bind mount: in no layer, and in no commit'],
    ['/vol/t/f', 'it is below /vol/t, a tmpfs mount: in no layer, and in no commit'],
    ['/proc/1/status', 'it is below /proc, a kernel mount: in no layer, and in no commit'],
    ['/volume', null],
    ['/never', null],
  ])('says of %s: %s', (path, said) => {
    expect(belowMount(path, mounts)).toBe(said);
  });
});
