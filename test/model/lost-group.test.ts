import { describe, expect, it } from 'vitest';
import { buildCgroup } from '../../src/model/cgroup/build-cgroup.ts';
import { hasLostGroup } from '../../src/model/lost-group.ts';
import { type Failure, gone, valueOr } from '../../src/model/reading.ts';
import { finish } from '../../src/model/steps.ts';
import { cgroupLayout } from '../../src/probes/cgroup/layout.ts';
import { openCgroupReader } from '../../src/probes/cgroup/read-cgroup.ts';
import { failureOf } from '../../src/probes/errno.ts';
import { parseProcCgroup } from '../../src/probes/proc/cgroup.ts';
import { readMountinfo } from '../../src/probes/proc/mountinfo.ts';
import { containerFixture, processFixture } from '../support/container-fixture.ts';
import { loadTree } from '../support/memory-host.ts';

const host = loadTree('cgroup-v1-hybrid');
const layout = cgroupLayout(valueOr(readMountinfo(host, 'self'), []));
const memberships = valueOr(parseProcCgroup(valueOr(host.readText('/proc/4242/cgroup', 'gone'), '')), []);
const [sample] = finish(openCgroupReader(host).read(layout, [memberships]));
const read = sample ?? expect.fail('no sample');

/** A sample of which every reading came to this instead; `path` is of the file that was read. */
function failing<T>(part: T, failure: (path: string) => Failure): T {
  if (typeof part !== 'object' || part === null) {
    return part;
  }
  if (Array.isArray(part)) {
    return part.map((each) => failing(each, failure)) as T;
  }
  const file = 'file' in part && typeof part.file === 'string' ? part.file : '';
  const changed = Object.entries(part).map(([key, value]) => [
    key,
    (key === 'reading' || key === 'current') && 'status' in Object(value) ? failure(file) : failing(value, failure),
  ]);
  return Object.fromEntries(changed) as T;
}

function containerOf(from: typeof read) {
  const { cgroup, problems } = buildCgroup(from, null, 'hybrid');
  return containerFixture(1, { cgroup, problems: [...problems] });
}

describe('a container whose figures are all unknown from one tick to the next', () => {
  const before = containerOf(read);

  it.each(['EMFILE', 'ENFILE', 'EIO', 'ENOMEM', 'EACCES', 'EPERM'])(
    'has its group as long as the answer is %s',
    (code) => {
      const now = containerOf(failing(read, (path) => failureOf(code, path, 'unsupported')));
      expect(now.cgroup?.cpu.usageUs).toBeNull();
      expect(hasLostGroup(before, now)).toBe(false);
    },
  );

  it('has lost it where its files are gone, or absent', () => {
    expect(hasLostGroup(before, containerOf(failing(read, () => gone)))).toBe(true);
    const absent = failing(read, (path) => failureOf('ENOENT', path, 'unsupported'));
    expect(hasLostGroup(before, containerOf(absent))).toBe(true);
  });

  it('has lost it whatever else of it cannot be read', () => {
    const now = containerOf(failing(read, () => gone));
    const problems = [{ path: '/proc/4242/root', code: 'EACCES', message: 'no', remedy: null }];
    expect(hasLostGroup(before, { ...now, problems })).toBe(true);
  });

  it('has lost it where no group of it is known only if none of its processes lives', () => {
    const now = (...states: readonly string[]) =>
      containerFixture(1, { cgroup: null, processes: states.map((state) => processFixture({ state })) });
    expect(hasLostGroup(before, now('S', 'Z'))).toBe(false);
    expect(hasLostGroup(before, now('Z'))).toBe(true);
    expect(hasLostGroup(before, now())).toBe(true);
  });

  it('has lost nothing where nothing was known before', () => {
    const unread = containerOf(failing(read, () => gone));
    expect(hasLostGroup(unread, unread)).toBe(false);
  });
});
