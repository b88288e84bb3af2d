import { closeSync, linkSync, mkdirSync, openSync, rmSync, symlinkSync, truncateSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { ok } from '../../../src/model/reading.ts';
import { finish } from '../../../src/model/steps.ts';
import type { FileStat, Host } from '../../../src/probes/host.ts';
import { walkBranch } from '../../../src/probes/layers/walk.ts';
import { openHost } from '../../../src/probes/open-host.ts';
import { type MemoryHost, memoryHost } from '../../support/memory-host.ts';
import { makeWorkDir } from '../../support/work-dir.ts';

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

describe('a walk of a branch on the disk', () => {
  const work = makeWorkDir();
  const host = openHost();
  afterAll(() => {
    host.close();
    rmSync(work, { recursive: true, force: true });
  });

  it('reads a directory of very many names some at a time, and files of any size not at all', {
    timeout: 30_000,
  }, () => {
    mkdirSync(`${work}/large`);
    for (let at = 0; at < 2500; at += 1) closeSync(openSync(`${work}/large/${at}`, 'w'));
    truncateSync(`${work}/large/0`, 100 * 2 ** 30);
    linkSync(`${work}/large/0`, `${work}/again`);
    symlinkSync('/', `${work}/escape`);
    let most = 0;
    const { branches } = host;
    if (branches === undefined) throw new Error('no native part');
    const watched: Host = {
      ...host,
      branches: {
        ...branches,
        part(...asked) {
          const part = branches.part(...asked);
          most = Math.max(most, part.status === 'ok' ? part.value.entries.length : 0);
          return part;
        },
      },
    };
    const steps = walkBranch(watched, work, ['device']);
    let pauses = 0;
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) pauses += 1;
    expect(step.value).toEqual(ok({ files: 2502, bytes: 100 * 2 ** 30, whiteouts: 0 }));
    expect(most).toBeLessThanOrEqual(2048);
    expect(pauses).toBeGreaterThanOrEqual(2500 / 2048);
  });

  it('counts the same without the native part', () => {
    const plain = openHost({}, { native: false });
    expect(finish(walkBranch(plain, work, ['device']))).toEqual(finish(walkBranch(host, work, ['device'])));
    plain.close();
  });
});
