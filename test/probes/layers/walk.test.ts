import { describe, expect, it } from 'vitest';
import { ok } from '../../../src/model/reading.ts';
import type { FileStat, Host } from '../../../src/probes/host.ts';
import { walkBranch, walkBudget } from '../../../src/probes/layers/walk.ts';
import { type MemoryHost, memoryHost } from '../../support/memory-host.ts';

/** A tree in memory can hold no devices and no second names: these stats are put over its own. */
function withStats(host: MemoryHost, stats: { readonly [path: string]: Partial<FileStat> }): Host {
  return {
    ...host,
    stat(path, missing) {
      const stat = host.stat(path, missing);
      return stat.status === 'ok' ? ok({ ...stat.value, ...stats[path] }) : stat;
    },
  };
}

const whiteout = { kind: 'char', rdev: '0:0', inode: 7, links: 2 } as const;

describe('a walk of one branch', () => {
  it('counts files, bytes and whiteouts', () => {
    const tree = memoryHost(`=== b/etc/hosts
127.0.0.1
=== b/bin/a
12345
=== b/bin/b
12345
=== b/gone

=== b/also

=== b/null

=== b/link -> /etc/passwd
=== b/escape -> /
=== b/empty/
`);
    const host = withStats(tree, {
      '/b/gone': whiteout,
      '/b/also': whiteout,
      '/b/null': { kind: 'char', rdev: '1:3' },
      '/b/bin/a': { inode: 9, links: 2 },
      '/b/bin/b': { inode: 9, links: 2 },
    });
    const counted = walkBranch(host, '/b', ['device'], walkBudget(host));
    expect(counted).toEqual(ok({ files: 6, bytes: '127.0.0.1\n'.length + '12345\n'.length, whiteouts: 2 }));
  });

  it('knows whiteouts by name only where the union has them so', () => {
    const host = memoryHost('=== b/.wh.x\n\n=== b/.wh..wh.plnk/\n=== b/.wh..wh..opq\n\n=== b/.wh..opq\n\n');
    expect(walkBranch(host, '/b', ['name'], walkBudget(host))).toMatchObject({ value: { files: 0, whiteouts: 1 } });
    expect(walkBranch(host, '/b', ['device'], walkBudget(host))).toMatchObject({ value: { files: 3, whiteouts: 0 } });
  });

  it('gives up at the limit of entries and of time, for all later branches too', () => {
    const host = memoryHost(`=== b/1\n\n=== b/2\n\n=== b/3\n\n`);
    const few = { entries: 2, deadlineUs: Number.POSITIVE_INFINITY };
    expect(walkBranch(host, '/b', [], few)).toEqual({ status: 'unsupported', path: '/b', code: 'E2BIG' });
    expect(walkBranch(host, '/b', [], few)).toMatchObject({ code: 'E2BIG' });
    const budget = { ...walkBudget(host), entries: 1025 };
    host.advance(60_000);
    expect(walkBranch(host, '/b', [], budget)).toMatchObject({ code: 'E2BIG' });
  });

  it('does not count what it may not see', () => {
    const host = memoryHost('=== b/a\n\n=== b/secret !EACCES\n');
    expect(walkBranch(host, '/b/secret', [], walkBudget(host))).toMatchObject({ status: 'denied' });
    expect(walkBranch(host, '/nowhere', [], walkBudget(host))).toEqual({ status: 'gone' });
  });
});
