import { expect, it } from 'vitest';
import type { Candidate } from '../../src/model/discovery/candidate.ts';
import type { LayersSample } from '../../src/model/layers/sample.ts';
import { finish } from '../../src/model/steps.ts';
import type { Host } from '../../src/probes/host.ts';
import { openParts } from '../../src/probes/parts.ts';
import { memoryHost } from '../support/memory-host.ts';
import { mountLines } from '../support/mount-line.ts';

const OVERLAY = '1 0 0:9 / / rw - overlay overlay rw,lowerdir=/srv/low,upperdir=/srv/up,workdir=/srv/work\n';
const [root] = mountLines(OVERLAY);

function candidate(init: number, supervisor: number | null = null): Candidate {
  return {
    key: `ns:${init}`,
    engine: 'unknown',
    id: null,
    name: null,
    pod: null,
    evidence: [],
    pids: [init],
    init,
    joined: [],
    execs: [],
    starting: false,
    parent: null,
    supervisor,
  };
}

function layersOf(): LayersSample {
  if (root === undefined) throw new Error('no root');
  const branch = { role: 'rw', access: 'rw', digest: null, createdBy: null, content: null, users: null } as const;
  return {
    driver: 'overlay',
    root,
    directory: null,
    problems: [],
    branches: [{ named: '/srv/up', path: '/srv/up', ...branch }],
  };
}

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
    finish(parts.countUsers(layersOf(), [candidate(7)], around)).branches[0]?.users?.containers;
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
  const candidates = [candidate(11, 5), candidate(12, 5), candidate(13, 6)];
  finish(openParts(host).countUsers(layersOf(), candidates, { ...around, mountsApart: () => 4026532000 }));
  expect(read.filter((path) => /\/[56]\/mountinfo$/.test(path))).toEqual(['/proc/5/mountinfo']);
});
