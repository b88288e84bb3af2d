import { describe, expect, it } from 'vitest';
import { ok } from '../../../src/model/reading.ts';
import { finish } from '../../../src/model/steps.ts';
import type { FileStat, Host } from '../../../src/probes/host.ts';
import { walkBranch } from '../../../src/probes/layers/walk.ts';
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
    const counted = finish(walkBranch(host, '/b', ['device']));
    expect(counted).toEqual(ok({ files: 6, bytes: '127.0.0.1\n'.length + '12345\n'.length, whiteouts: 2 }));
  });

  it('knows whiteouts by name only where the union has them so', () => {
    const host = memoryHost('=== b/.wh.x\n\n=== b/.wh..wh.plnk/\n=== b/.wh..wh..opq\n\n=== b/.wh..opq\n\n');
    expect(finish(walkBranch(host, '/b', ['name']))).toMatchObject({ value: { files: 0, whiteouts: 1 } });
    expect(finish(walkBranch(host, '/b', ['device']))).toMatchObject({ value: { files: 3, whiteouts: 0 } });
  });

  it('gives up at the limit of entries', () => {
    const host = memoryHost(`=== b/1\n\n=== b/2\n\n=== b/3\n\n`);
    expect(finish(walkBranch(host, '/b', [], 2))).toEqual({ status: 'unsupported', path: '/b', code: 'E2BIG' });
    expect(finish(walkBranch(host, '/b', [], 3))).toMatchObject({ status: 'ok', value: { files: 3 } });
  });

  it('can be put down every few hundred entries', () => {
    const host = memoryHost(Array.from({ length: 1000 }, (_, index) => `=== b/${index}\n\n`).join(''));
    const steps = walkBranch(host, '/b', []);
    let pauses = 0;
    for (let step = steps.next(); step.done !== true; step = steps.next()) {
      pauses += 1;
    }
    expect(pauses).toBe(3);
  });

  it('does not count what it may not see', () => {
    const host = memoryHost('=== b/a\n\n=== b/secret !EACCES\n');
    expect(finish(walkBranch(host, '/b/secret', []))).toMatchObject({ status: 'denied' });
    expect(finish(walkBranch(host, '/nowhere', []))).toEqual({ status: 'gone' });
  });
});
