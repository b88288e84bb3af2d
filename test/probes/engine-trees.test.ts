import { describe, expect, test } from 'vitest';
import { buildSnapshot } from '../../src/model/build-snapshot.ts';
import { finish } from '../../src/model/steps.ts';
import { openSampler } from '../../src/probes/collect.ts';
import { openEngines } from '../../src/probes/engines/engines.ts';
import { loadTree } from '../support/memory-host.ts';
import { hexId } from '../support/processes.ts';

function look(tree: string) {
  const host = loadTree(tree);
  const engines = openEngines(host, { kind: 'none' }, { env: {} });
  const want = {
    detail: 'none',
    figures: 'all',
    stopped: false,
    network: false,
    namespaces: true,
    walkLayersUs: 0,
    procfs: false,
  } as const;
  return buildSnapshot(finish(openSampler(host, engines).sample(want)), null);
}

/** Ids are four digits here; the others are filled in. */
const id = (digit: string) => hexId(digit.repeat(4));

type Row = readonly [
  what: string,
  group: string | null,
  init: number,
  pids: readonly number[],
  more?: { readonly status?: string; readonly name?: string; readonly parent?: string },
];

const BURSTABLE = '0a1b2c3d-1111-2222-3333-444455556666';
const STATIC = '7c9f6a0d6b1e4b0f8a7d5c3b2a190807';
const BEST_EFFORT = '99999999-aaaa-bbbb-cccc-dddddddddddd';

const TREES: { readonly [tree: string]: readonly Row[] } = {
  'kubernetes-cgroupfs': [
    [`containerd ${id('0')}`, BURSTABLE, 410, [410]],
    [`containerd ${id('1')}`, BURSTABLE, 420, [420, 421]],
    [`containerd ${id('2')}`, BURSTABLE, 430, [430]],
    [`containerd ${id('3')}`, STATIC, 510, [510]],
    [`docker ${id('4')}`, BEST_EFFORT, 610, [610]],
    [`docker ${id('5')}`, BEST_EFFORT, 660, [660, 661]],
  ],
  'kubernetes-systemd-v2': [
    [`containerd ${id('0')}`, BURSTABLE, 410, [410]],
    [`containerd ${id('1')}`, BURSTABLE, 420, [420]],
    [`containerd ${id('2')}`, STATIC, 510, [510]],
  ],
  kind: [
    [`docker ${id('0')}`, null, 310, [310, 320, 330, 340, 350]],
    [`containerd ${id('1')}`, BURSTABLE, 340, [340], { parent: id('0') }],
    [`containerd ${id('2')}`, BURSTABLE, 350, [350], { parent: id('0') }],
  ],
  'cri-o-crun': [[`cri-o ${id('0')}`, BURSTABLE, 310, [310, 311], { name: 'k8s_web_web-0_default_x_0' }]],
  rootless: [
    [`podman ${id('0')}`, id('9'), 310, [310], { name: '9999-infra' }],
    [`podman ${id('1')}`, id('9'), 330, [330], { name: 'web' }],
    [`podman ${id('2')}`, null, 350, [350], { name: 'alone' }],
    [`docker ${id('3')}`, null, 430, [430]],
  ],
  nerdctl: [
    [`containerd ${id('0')}`, 'default', 310, [310]],
    [`containerd ${id('1')}`, 'default', 320, [320]],
    [`containerd ${id('2')}`, 'team', 330, [330]],
    ['containerd nightly build', 'jobs', 340, [340], { name: 'nightly build' }],
  ],
  machines: [
    ['lxc web', null, 310, [310, 311], { name: 'web' }],
    ['lxc db', null, 330, [330], { name: 'db' }],
    ['nspawn my-box', null, 410, [410], { name: 'my-box' }],
    ['nspawn unit', null, 430, [430], { name: 'unit' }],
    ['nspawn tiny', null, 450, [450], { name: 'tiny' }],
    ['lxc old', null, 470, [470], { name: 'old' }],
  ],
  'docker-in-docker': [
    [`docker ${id('0')}`, null, 310, [310, 320, 330, 350, 360]],
    [`docker ${id('1')}`, null, 330, [330], { parent: id('0') }],
    ['unknown pid:360@360', null, 360, [360], { parent: id('0') }],
    [`docker ${id('2')}`, null, 410, [410, 420, 430]],
    [`docker ${id('3')}`, null, 430, [430], { parent: id('2') }],
  ],
  'not-containers': [],
  unprivileged: [
    [`docker ${id('0')}`, null, 310, [310, 311, 312]],
    [`docker ${id('1')}`, null, 330, [330]],
    ['unknown pid:350@350', null, 350, [350, 351]],
    ['unknown pid:370@370', null, 370, [370]],
  ],
  moments: [
    [`docker ${id('0')}`, null, 310, [310], { status: 'starting' }],
    [`podman ${id('1')}`, null, 320, [320], { status: 'starting' }],
    [`docker ${id('2')}`, null, 330, [330], { status: 'paused' }],
    [`docker ${id('3')}`, null, 340, [340], { status: 'dead' }],
    [`docker ${id('4')}`, null, 350, [350, 351, 352]],
    [`docker ${id('5')}`, null, 360, [360, 361, 371]],
    [`docker ${id('6')}`, null, 380, [380], { status: 'dead' }],
  ],
};

describe('the containers of', () => {
  for (const [tree, rows] of Object.entries(TREES)) {
    test(tree, () => {
      const found = look(tree).containers.map((container) => ({
        what: `${container.engine} ${container.id}`,
        group: container.group,
        init: container.init?.pid,
        pids: container.processes.map(({ pid }) => pid),
        status: container.status,
        name: container.name,
        parent: container.parent,
      }));
      expect(found).toEqual(
        rows.map(([what, group, init, pids, more]) => ({
          what,
          group,
          init,
          pids,
          status: 'running',
          name: null,
          parent: null,
          ...more,
        })),
      );
    });
  }
});

function shared(tree: string) {
  return Object.fromEntries(
    look(tree).containers.map(({ id: own, namespaces }) => [
      own.slice(0, 4),
      namespaces
        .filter(({ isolated }) => isolated)
        .flatMap(({ type, sharedWith }) => sharedWith.map((ref) => `${type} ${ref.slice(0, 4)}`)),
    ]),
  );
}

describe('namespaces are shared', () => {
  test('in a pod: net and ipc, and pid where it says so', () => {
    expect(shared('kubernetes-cgroupfs')).toEqual({
      '0000': ['ipc 1111', 'ipc 2222', 'net 1111', 'net 2222'],
      '1111': ['ipc 0000', 'ipc 2222', 'net 0000', 'net 2222'],
      '2222': ['ipc 0000', 'ipc 1111', 'net 0000', 'net 1111'],
      '3333': [],
      '4444': ['ipc 5555', 'net 5555', 'pid 5555'],
      '5555': ['ipc 4444', 'net 4444', 'pid 4444'],
    });
  });

  test('by all of a rootless engine: the user namespace', () => {
    expect(shared('rootless')).toEqual({
      '0000': ['ipc web', 'net web', 'user web', 'user alon', 'uts web'],
      '1111': ['ipc 9999', 'net 9999', 'user 9999', 'user alon', 'uts 9999'],
      '2222': ['user 9999', 'user web'],
      '3333': [],
    });
  });
});

test('every container says why it is believed to be one', () => {
  for (const tree of Object.keys(TREES)) {
    for (const { evidence } of look(tree).containers) {
      expect(evidence.length).toBeGreaterThan(0);
    }
  }
  expect(look('machines').containers.map(({ evidence }) => evidence.at(-1))).toEqual([
    'lxc-monitor',
    'lxc-monitor',
    'nspawn',
    'nspawn',
    'nspawn',
    'mntns',
  ]);
});

test('sandboxes are among the namespaces of the host all the same', () => {
  const { namespaces } = look('not-containers');
  expect(namespaces.filter(({ type }) => type === 'pid').map(({ processes }) => processes[0])).toContain(201);
  expect(namespaces.every(({ containers }) => containers.length === 0)).toBe(true);
});

test('missing rights are noticed', () => {
  expect(look('unprivileged').host.notices.map(({ code }) => code)).toContain('EACCES');
});

test('every namespace that could not be read has its type in a problem, and none is counted', () => {
  const { containers } = look('unprivileged');
  const hidden = containers.filter(({ namespaces }) => namespaces.some(({ inode }) => inode === null));
  expect(hidden.length).toBeGreaterThan(1);
  for (const { init, namespaces, problems, cost } of hidden) {
    const unread = namespaces.filter(({ inode }) => inode === null).map(({ type }) => type);
    const said = problems.find(({ path }) => path === `/proc/${init?.pid}/ns`);
    expect(said).toMatchObject({ code: 'EACCES', message: expect.stringContaining(unread.join(', ')) });
    expect(cost.namespaces).toBeNull();
  }
});
