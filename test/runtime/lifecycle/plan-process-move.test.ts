import { describe, expect, it } from 'vitest';
import { recogniseCgroup } from '../../../src/model/discovery/recognise-cgroup.ts';
import { noResources } from '../../../src/runtime/cgroups/resources.ts';
import { planProcessMove } from '../../../src/runtime/lifecycle/plan-process-move.ts';

const TOP = '/sys/fs/cgroup';
const process = { pid: 7, startTicks: 99 };
const NAME = 'pid-7-99';
const resources = { ...noResources, cpuQuotaUs: 20_000 };

/** Files of the cgroup tree by their path below it. */
const reader =
  (files: { readonly [file: string]: string }) =>
  (path: string): string | null =>
    files[path.slice(TOP.length)] ?? null;

const v2 = { mountPoint: TOP, root: '/' };
const unified = { kind: 'unified', v1: {}, v2 } as const;

/** systemd's tree: /app.slice passes on memory alone, /app.slice/web.service limits what is in it. */
const V2_FILES: { readonly [file: string]: string } = {
  '/cgroup.controllers': 'cpuset cpu io memory pids\n',
  '/cgroup.subtree_control': 'memory pids\n',
  '/cgroup.procs': '1\n',
  '/app.slice/cgroup.procs': '',
  '/app.slice/cgroup.type': 'domain\n',
  '/app.slice/cgroup.subtree_control': 'memory\n',
  '/app.slice/web.service/cgroup.procs': '7\n8\n',
  '/app.slice/web.service/cgroup.type': 'domain\n',
  '/app.slice/web.service/cgroup.subtree_control': '\n',
  '/app.slice/web.service/memory.max': '1048576\n',
  '/app.slice/web.service/memory.high': 'max\n',
  '/app.slice/web.service/pids.max': 'max\n',
  '/app.slice/web.service/io.max': '8:0 rbps=1000 wbps=max\n8:16 rbps=max wbps=5\n',
};

function moveV2(was: string, changes: typeof V2_FILES = {}) {
  const now = { v1: {}, v2: TOP + was, unified: true };
  return planProcessMove({ layout: unified, process, resources, now, read: reader({ ...V2_FILES, ...changes }) });
}

it('the first process of the host stays where it is', () => {
  const now = { v1: {}, v2: TOP, unified: true };
  const init = { pid: 1, startTicks: 25 };
  expect(() => planProcessMove({ layout: unified, process: init, resources, now, read: reader(V2_FILES) })).toThrow(
    'it is the first process of this host',
  );
});

describe('version 2: a group beside the one it is in', () => {
  it('below the same groups, which pass on what is needed, with the limits of its old one', () => {
    const leaf = `${TOP}/app.slice/${NAME}`;
    expect(moveV2('/app.slice/web.service')).toEqual({
      groups: [leaf],
      fills: [
        { file: `${TOP}/cgroup.subtree_control`, value: '+cpu' },
        { file: `${TOP}/app.slice/cgroup.subtree_control`, value: '+cpu' },
        { file: `${leaf}/memory.max`, value: '1048576' },
        { file: `${leaf}/io.max`, value: '8:0 rbps=1000 wbps=max' },
        { file: `${leaf}/io.max`, value: '8:16 rbps=max wbps=5' },
      ],
      joins: [{ file: `${leaf}/cgroup.procs`, value: '7' }],
      places: { v1: {}, v2: leaf, unified: true },
      from: { [leaf]: `${TOP}/app.slice/web.service` },
    });
  });

  it('of ours where nothing above limits it', () => {
    for (const was of ['', '/alone']) {
      const move = moveV2(was);
      expect(move.groups).toEqual([`${TOP}/nsview`, `${TOP}/nsview/${NAME}`]);
      expect(move.fills.map(({ file }) => file)).toContain(`${TOP}/nsview/cgroup.subtree_control`);
    }
  });

  it('is the one that it has already', () => {
    const leaf = `/app.slice/${NAME}`;
    const move = moveV2(leaf, { [`${leaf}/cgroup.procs`]: '7\n', [`${leaf}/memory.max`]: '5\n' });
    expect(move).toMatchObject({ groups: [], from: {}, places: { v2: TOP + leaf } });
    expect(move.fills.map(({ value }) => value)).toEqual(['+cpu', '+cpu']);
  });

  it('is refused where a group above cannot pass on a controller', () => {
    const refused = (changes: typeof V2_FILES) => () => moveV2('/app.slice/web.service', changes);
    expect(refused({ '/app.slice/cgroup.procs': '12\n' })).toThrow(/app\.slice cannot pass on cpu: it has processes/);
    expect(refused({ '/app.slice/cgroup.type': 'domain threaded\n' })).toThrow(/cgroup\.type is domain threaded/);
    expect(refused({ '/cgroup.controllers': 'memory pids\n' })).toThrow(/no cpu controller/);
  });
});

const mount = (controller: string) => ({ mountPoint: `${TOP}/${controller}`, root: '/' });
const legacy = {
  kind: 'legacy',
  v1: { cpu: mount('cpu,cpuset'), cpuset: mount('cpu,cpuset'), pids: mount('pids') },
  v2: null,
} as const;

const V1_FILES: { readonly [file: string]: string } = {
  '/cpu,cpuset/cgroup.procs': '1\n',
  '/cpu,cpuset/cpuset.cpus': '0-3\n',
  '/cpu,cpuset/cpuset.mems': '0\n',
  '/cpu,cpuset/tight/cgroup.procs': '7\n8\n',
  '/cpu,cpuset/tight/cpuset.cpus': '1\n',
  '/cpu,cpuset/tight/cpuset.mems': '0\n',
};

function moveV1(was: string | null, changes: typeof V1_FILES = {}) {
  const now = { v1: was === null ? {} : { cpu: `${TOP}/cpu,cpuset${was}` }, v2: null, unified: false };
  return planProcessMove({ layout: legacy, process, resources, now, read: reader({ ...V1_FILES, ...changes }) });
}

describe('version 1: a group below the one it is in', () => {
  it('in the hierarchy of the limit alone, with the CPUs that it has', () => {
    const leaf = `${TOP}/cpu,cpuset/tight/${NAME}`;
    expect(moveV1('/tight')).toEqual({
      groups: [leaf],
      fills: [
        { file: `${leaf}/cpuset.cpus`, value: '1' },
        { file: `${leaf}/cpuset.mems`, value: '0' },
      ],
      joins: [{ file: `${leaf}/cgroup.procs`, value: '7' }],
      places: { v1: { cpu: leaf }, v2: null, unified: false },
      from: { [leaf]: `${TOP}/cpu,cpuset/tight` },
    });
  });

  it('of ours where it is in the root, and the one that it has already', () => {
    const top = `${TOP}/cpu,cpuset`;
    expect(moveV1('').groups).toEqual([`${top}/nsview`, `${top}/nsview/${NAME}`]);
    const there = { [`/cpu,cpuset/tight/${NAME}/cgroup.procs`]: '7\n' };
    expect(moveV1(`/tight/${NAME}`, there)).toMatchObject({ groups: [], from: {} });
  });

  it('is refused where its group is not below the mount of the hierarchy', () => {
    const now = { v1: { cpu: '/elsewhere/tight' }, v2: null, unified: false };
    const read = reader({});
    expect(() => planProcessMove({ layout: legacy, process, resources, now, read })).toThrow(/no group below/);
  });

  it('is refused where its group cannot be seen', () => {
    expect(() => moveV1(null)).toThrow(/cannot be seen from here/);
  });
});

it('no such group makes a container of its process', () => {
  for (const was of ['/nsview', '/app.slice', '/user.slice/user-0.slice/session-1.scope', '/docker', '/a/b']) {
    expect(recogniseCgroup(`${was}/${NAME}`).containers).toEqual([]);
  }
});
