import { mkdtempSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { programDirectories } from '../../src/runtime/image/host-file.ts';
import { hostTools } from '../../src/runtime/image/host-tools.ts';
import { orderEntries } from '../../src/runtime/image/layer-entry.ts';
import { resolveImage } from '../../src/runtime/image/resolve-image.ts';
import { writeTree } from '../../src/runtime/image/write-tree.ts';
import { cleanEnvironment, run } from '../support/command.ts';
import { launcher } from '../support/nsview.ts';
import { makeWorkDir, removeWorkDir } from '../support/work-dir.ts';

const native = fileURLToPath(new URL('../../native', import.meta.url));
const workDir = makeWorkDir();

beforeAll(() => run('make', '-C', native, '-s', 'all'));
afterAll(() => removeWorkDir(workDir));

describe('the built-in image', () => {
  it.each(['nsview/demo', 'nsview/union'])('%s is a root file system that a shell runs in', async (name) => {
    const { lowers } = await resolveImage(path.join(workDir, 'root'), name);
    const merged = mkdtempSync(path.join(workDir, 'merged-'));
    const mount = 'mount -t overlay -o "lowerdir=$1" overlay "$2"';
    const inside = `${mount} && exec unshare -R "$2" /bin/sh -c 'ls / && cat /union/x 2>&1; true'`;
    const listed = await run('unshare', '-m', 'sh', '-c', inside, 'sh', lowers.join(':'), merged);
    expect(listed.split('\n')).toEqual(expect.arrayContaining(['etc', 'tmp']));
    expect(listed.includes('x, of B')).toBe(name === 'nsview/union');
  });

  it('is not half there on a full disk', async () => {
    const disk = mkdtempSync(path.join(workDir, 'disk-'));
    const start =
      '"$2" --root "$1/root" run --rm nsview/demo true 2>&1; echo "$?"; cd "$1/root"; ls -A layers; ls -A images-lock; ls';
    const inside = `mount -t tmpfs -o size=1m tmpfs "$1" && { ${start}; }`;
    const told = (await run('unshare', '--mount', 'sh', '-c', inside, 'sh', disk, launcher)).split('\n');
    expect(told[0]).toMatch(/^nsview: .*: the disk is full \(ENOSPC\)$/);
    expect(told[2]).toBe('125');
    // The first layer is small enough, and nobody holds the lock any more.
    expect(told.slice(3)).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/), 'blobs', 'images-lock', 'layers']);
  });

  it('of the host’s own shell and tools runs without anything else of the host', async () => {
    const tools = hostTools(programDirectories(cleanEnvironment.PATH));
    if (tools === null) throw new Error('no shell on this host');
    const root = mkdtempSync(path.join(workDir, 'host-'));
    writeTree(root, orderEntries(tools.entries));
    const script = 'ls -d /bin && id -u && echo a b | awk "{ print \\$2 }"';
    expect((await run('unshare', '-R', root, '/bin/sh', '-c', script)).split('\n')).toEqual(['/bin', '0', 'b']);
    for (const { path: place } of tools.entries) {
      if (place.startsWith('bin/')) {
        const missing = await run('unshare', '-R', root, `/${place}`, '--version').catch(
          (error: Error) => error.message,
        );
        expect(missing).not.toMatch(/cannot open shared object|No such file/);
      }
    }
  });
});
