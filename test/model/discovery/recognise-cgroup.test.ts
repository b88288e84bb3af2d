import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openCgroupRecogniser, recogniseCgroup } from '../../../src/model/discovery/recognise-cgroup.ts';
import { hexId } from '../../support/processes.ts';

const A = hexId('aaaa');
const B = hexId('bbbb');
const UID = '0a1b2c3d-1111-2222-3333-444455556666';
const UID_ = UID.replaceAll('-', '_');
const STATIC = '7c9f6a0d6b1e4b0f8a7d5c3b2a190807';
const ROOTLESS = '/user.slice/user-1000.slice/user@1000.service/user.slice';

type Row = readonly [path: string, engine: string, id: string, pod: string | null, matched?: string];

const CONTAINERS: readonly Row[] = [
  [`/docker/${A}`, 'docker', A, null],
  [`/docker/${A}/init.scope`, 'docker', A, null, `/docker/${A}`],
  [`/system.slice/docker-${A}.scope`, 'docker', A, null],
  [`/my.slice/docker-${A}.scope/system.slice/cron.service`, 'docker', A, null, `/my.slice/docker-${A}.scope`],
  [`${ROOTLESS}/docker-${A}.scope`, 'docker', A, null],
  [`/docker/buildkit/k5z0q3x9y8w7v6u5t4s3r2q1p`, 'docker', 'k5z0q3x9y8w7v6u5t4s3r2q1p', null],
  [`/buildkit/k5z0q3x9y8w7v6u5t4s3r2q1p`, 'oci', 'k5z0q3x9y8w7v6u5t4s3r2q1p', null],
  [`/libpod_parent/libpod-${A}`, 'podman', A, null],
  [`/libpod_parent/${B}/libpod-${A}`, 'podman', A, B],
  [`/machine.slice/libpod-${A}.scope`, 'podman', A, null],
  [`/machine.slice/libpod-${A}.scope/container`, 'podman', A, null, `/machine.slice/libpod-${A}.scope`],
  [`/machine.slice/machine-libpod_pod_${B}.slice/libpod-${A}.scope`, 'podman', A, B],
  [`${ROOTLESS}/libpod-${A}.scope/container`, 'podman', A, null, `${ROOTLESS}/libpod-${A}.scope`],
  [`${ROOTLESS}/user-libpod_pod_${B}.slice/libpod-${A}.scope`, 'podman', A, B],
  [`/system.slice/web.service/libpod-payload-${A}`, 'podman', A, null],
  [`/kubepods/burstable/pod${UID}/${A}`, 'kubernetes', A, UID],
  [`/kubepods/besteffort/pod${UID}/${A}`, 'kubernetes', A, UID],
  [`/kubepods/pod${STATIC}/${A}`, 'kubernetes', A, STATIC],
  [
    `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${UID_}.slice/cri-containerd-${A}.scope`,
    'containerd',
    A,
    UID,
  ],
  [`/kubepods.slice/kubepods-pod${UID_}.slice/cri-containerd-${A}.scope`, 'containerd', A, UID],
  [`/kubepods.slice/kubepods-pod${STATIC}.slice/docker-${A}.scope`, 'docker', A, STATIC],
  [
    `/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${UID_}.slice/crio-${A}.scope/container`,
    'cri-o',
    A,
    UID,
    `/kubepods.slice/kubepods-besteffort.slice/kubepods-besteffort-pod${UID_}.slice/crio-${A}.scope`,
  ],
  [`/kubepods/burstable/pod${UID}/crio-${A}`, 'cri-o', A, UID],
  [`/kubepods.slice/kubepods-pod${UID_}.slice/${A}`, 'kubernetes', A, UID],
  [`/system.slice/containerd.service/kubepods-burstable-pod${UID_}.slice:cri-containerd:${A}`, 'containerd', A, UID],
  [`/default/${A}`, 'containerd', A, 'default'],
  [`/system.slice/nerdctl-${A}.scope`, 'containerd', A, null],
  [`${ROOTLESS}/nerdctl-${A}.scope`, 'containerd', A, null],
  ['/lxc.payload.web', 'lxc', 'web', null],
  ['/lxc.payload.web-1/init.scope', 'lxc', 'web-1', null, '/lxc.payload.web-1'],
  ['/lxc.payload.project_web/system.slice/ssh.service', 'lxc', 'project_web', null, '/lxc.payload.project_web'],
  ['/lxc.payload/web', 'lxc', 'web', null],
  ['/lxc/web', 'lxc', 'web', null],
  ['/machine.slice/machine-lxc\\x2d2077\\x2dweb.scope', 'lxc', 'web', null],
  ['/machine.slice/machine-my\\x2dbox.scope/payload', 'nspawn', 'my-box', null],
  [
    '/machine.slice/machine-box.scope/payload/system.slice/ssh.service',
    'nspawn',
    'box',
    null,
    '/machine.slice/machine-box.scope/payload',
  ],
  ['/machine.slice/machine-box.scope', 'nspawn', 'box', null],
  [
    '/machine.slice/systemd-nspawn@box.service/payload/init.scope',
    'nspawn',
    'box',
    null,
    '/machine.slice/systemd-nspawn@box.service/payload',
  ],
  ['/garden/good/0f6d5c4b-1111', 'oci', '0f6d5c4b-1111', null],
  ['/garden/0f6d5c4b-1111', 'oci', '0f6d5c4b-1111', null],
  [`/ecs/${STATIC}/${A}`, 'docker', A, STATIC],
  [`/ecs/cluster/${STATIC}/${A}`, 'docker', A, STATIC],
  [`/ecs/${STATIC}/${STATIC}-1234567890`, 'docker', `${STATIC}-1234567890`, STATIC],
  [`/ecstasks.slice/ecstasks-${STATIC}.slice/docker-${A}.scope`, 'docker', A, STATIC],
  [`/mesos/${UID}`, 'unknown', UID, null],
  [`/any/parent/${A}`, 'unknown', A, null],
  // kind, k3s in Docker, Docker in Docker: the innermost is last.
  [`/docker/${B}/kubelet/kubepods/burstable/pod${UID}/${A}`, 'kubernetes', A, UID],
  [
    `/system.slice/docker-${B}.scope/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-burstable.slice/kubelet-kubepods-burstable-pod${UID_}.slice/cri-containerd-${A}.scope`,
    'containerd',
    A,
    UID,
  ],
  [`/docker/${B}/docker/${A}`, 'docker', A, null],
  [`/lxc.payload.outer/docker/${A}`, 'docker', A, null],
  // Outside of the reader's cgroup namespace.
  [`/../../kubepods/pod${UID}/${A}`, 'kubernetes', A, UID],
];

describe('a path of /proc/PID/cgroup', () => {
  for (const [path, engine, id, pod, matched = path] of CONTAINERS) {
    test(`${path} is in a container of ${engine}`, () => {
      expect(recogniseCgroup(path).containers[0]).toMatchObject({ engine, id, pod, path: matched });
    });
  }

  test.each([
    '/libpod_parent/conmon',
    `/libpod_parent/${A}/conmon`,
    `/machine.slice/libpod-conmon-${A}.scope`,
    `${ROOTLESS}/libpod-conmon-${A}.scope`,
    `/kubepods/burstable/pod${UID}/crio-conmon-${A}`,
    `/kubepods.slice/kubepods-pod${UID_}.slice/crio-conmon-${A}.scope`,
    '/lxc.monitor.web',
    '/lxc.monitor/web',
    '/machine.slice/machine-box.scope/supervisor',
    '/machine.slice/systemd-nspawn@box.service/supervisor',
  ])('%s is that of a supervisor, in no container', (path) => {
    expect(recogniseCgroup(path)).toMatchObject({ containers: [], supervisor: true });
  });

  test.each([
    ['/', null],
    ['/..', null],
    ['/../..', null],
    ['/docker', null],
    ['/docker/not-an-id', null],
    [`/docker-${A}`, null],
    [`/kubepods/burstable/pod${UID}`, null],
    [`/libpod_parent/${A}`, null],
    // ctr's and runc's own paths are free text.
    ['/nsres/nsres-ctr', null],
    ['/process/e4a498c0b974fbe5909182932b4ed030', null],
    ['/user.slice/user-1000.slice/user@1000.service/app.slice/app-org.chromium.Chromium-1234.scope', 'app'],
    ['/user.slice/user-1000.slice/user@1000.service/app.slice/app-flatpak-org.gimp.GIMP-99.scope', 'flatpak'],
    ['/user.slice/user-1000.slice/user@1000.service/app.slice/snap.firefox.firefox-0f6d.scope', 'snap'],
    ['/user.slice/user-1000.slice/user@1000.service/app.slice/app-foo.slice/vte-spawn-0f6d.scope', 'scope'],
    ['/user.slice/user-1000.slice/session-3.scope', 'session'],
    ['/system.slice/ssh.service', 'service'],
    ['/system.slice/nix-daemon.service/nix-build-uid-872415232', 'service'],
    ['/init.scope', 'init'],
    ['/machine.slice/machine-qemu\\x2d1\\x2dvm.scope/libvirt/emulator', 'machine'],
  ])('%s is in no container', (path, unit) => {
    expect(recogniseCgroup(path)).toEqual({ containers: [], supervisor: false, unit });
  });

  test('names what is around it, leftwards', () => {
    const path = `/lxc.payload.outer/docker/${B}/kubepods/pod${UID}/${A}/system.slice/x.service`;
    const { containers, unit } = recogniseCgroup(path);
    expect(containers.map(({ key }) => key)).toEqual([`kubernetes:${A}`, `docker:${B}`, 'lxc:outer']);
    expect(unit).toBe('service');
  });

  test('a unit outside of the container is not the unit of its processes', () => {
    expect(recogniseCgroup(`${ROOTLESS}/libpod-${A}.scope/container`).unit).toBe(null);
  });
});

const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: 64, maxLength: 64 });
const uid = fc.uuid();

const FORMS: readonly (readonly [string, (id: string, pod: string) => string])[] = [
  ['docker', (id) => `/docker/${id}`],
  ['docker', (id) => `/system.slice/docker-${id}.scope`],
  ['podman', (id) => `/libpod_parent/libpod-${id}`],
  ['podman', (id) => `/machine.slice/libpod-${id}.scope/container`],
  ['podman', (id) => `/a.service/libpod-payload-${id}`],
  ['cri-o', (id, pod) => `/kubepods/pod${pod}/crio-${id}`],
  ['cri-o', (id, pod) => `/kubepods.slice/kubepods-pod${pod.replaceAll('-', '_')}.slice/crio-${id}.scope`],
  [
    'containerd',
    (id, pod) => `/kubepods.slice/kubepods-pod${pod.replaceAll('-', '_')}.slice/cri-containerd-${id}.scope`,
  ],
  ['kubernetes', (id, pod) => `/kubepods/besteffort/pod${pod}/${id}`],
  ['containerd', (id) => `/default/${id}`],
];

test('every id is recognised in every form, alone, nested and with groups below it', () => {
  fc.assert(
    fc.property(
      hex,
      hex,
      uid,
      fc.constantFrom(...FORMS),
      fc.constantFrom('', '/init.scope', '/a/b'),
      (id, outer, pod, [engine, form], below) => {
        const alone = recogniseCgroup(form(id, pod) + below);
        expect(alone.containers).toMatchObject([{ engine, id }]);
        const isAnchored = form(id, pod).startsWith('/default');
        const nested = recogniseCgroup(`/docker/${outer}${form(id, pod)}${below}`).containers;
        expect(nested.map((match) => match.id)).toEqual([id, outer]);
        expect(nested[0]?.engine).toBe(isAnchored ? 'unknown' : engine);
      },
    ),
  );
});

test('no path is too strange', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (path) => {
      for (const match of recogniseCgroup(path).containers) {
        expect(match.id).not.toBe('');
      }
    }),
  );
});

test('remembers without growing, and says the same', () => {
  const recognise = openCgroupRecogniser(4);
  const paths = Array.from({ length: 40 }, (_, index) => `/docker/${hexId(index.toString(16))}`);
  for (const path of [...paths, ...paths.toReversed()]) {
    expect(recognise(path)).toEqual(recogniseCgroup(path));
  }
  expect(recognise(paths[0] ?? '')).toBe(recognise(paths[0] ?? ''));
});
