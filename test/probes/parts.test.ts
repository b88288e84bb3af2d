import { expect, it } from 'vitest';
import { finish } from '../../src/model/steps.ts';
import type { Host } from '../../src/probes/host.ts';
import { openParts } from '../../src/probes/parts.ts';
import { layersSample } from '../support/layers-sample.ts';
import { memoryHost } from '../support/memory-host.ts';
import { mountLines } from '../support/mount-line.ts';
import { candidate } from './engines/fixture.ts';

const OVERLAY = '1 0 0:9 / / rw - overlay overlay rw,lowerdir=/srv/low,upperdir=/srv/up,workdir=/srv/work\n';

const withInit = (init: number, supervisor: number | null = null) =>
  candidate({ key: `ns:${init}`, pids: [init], init, supervisor });

/** A host whose files answer as the test says now, and what was read of it. */
function hostOf(tree: string) {
  const memory = memoryHost(tree);
  const failing = new Map<string, 'EIO' | 'EACCES'>();
  const read: string[] = [];
  const host: Host = {
    ...memory,
    readText(path, missing) {
      read.push(path);
      const code = failing.get(path);
      if (code === undefined) return memory.readText(path, missing);
      return code === 'EIO' ? { status: 'unsupported', path, code } : { status: 'denied', path, code };
    },
  };
  return { host, failing, read };
}

const around = { hostMounts: mountLines('1 0 8:1 / / rw - ext4 disk rw\n'), storageRoots: [], mountsApart: () => null };

it('a root that could not be read for once is read again, and one that may not be read is not', () => {
  const { host, failing, read } = hostOf(`=== proc/7/mountinfo\n${OVERLAY}=== srv/up/x\n=== srv/low/x\n`);
  const table = '/proc/7/mountinfo';
  const looks = () => read.filter((path) => path === table).length;
  const users = (parts: ReturnType<typeof openParts>) =>
    finish(parts.countUsers(layersSample(['/srv/up']), [withInit(7)], around)).branches[0]?.users?.containers;
  const parts = openParts(host);
  failing.set(table, 'EIO');
  expect(users(parts)).toBeNull();
  failing.clear();
  expect([users(parts), users(parts), looks()]).toEqual([1, 1, 2]);
  const refused = openParts(host);
  failing.set(table, 'EACCES');
  expect([users(refused), users(refused), looks()]).toEqual([null, null, 3]);
});

it('what the supervisors of one mount namespace see is read once for all of their containers', () => {
  const inits = [11, 12, 13];
  const tables = inits.map((pid) => `=== proc/${pid}/mountinfo\n${OVERLAY}`).join('');
  const { host, read } = hostOf(`${tables}=== proc/5/mountinfo\n${OVERLAY}=== proc/6/mountinfo\n${OVERLAY}`);
  const candidates = [withInit(11, 5), withInit(12, 5), withInit(13, 6)];
  finish(
    openParts(host).countUsers(layersSample(['/srv/up']), candidates, { ...around, mountsApart: () => 4026532000 }),
  );
  expect(read.filter((path) => /\/[56]\/mountinfo$/.test(path))).toEqual(['/proc/5/mountinfo']);
});
