import { describe, expect, it } from 'vitest';
import { doctorChecks } from '../../../src/cli/inspect/doctor-checks.ts';
import type { DoctorFacts } from '../../../src/cli/inspect/doctor-facts.ts';
import { ok } from '../../../src/model/reading.ts';

const good: DoctorFacts = {
  layout: { kind: 'unified', v1: {}, v2: { mountPoint: '/sys/fs/cgroup', root: '/' } },
  lxcfs: null,
  unifiedControllers: 'cpuset cpu io memory pids',
  namespaces: ok(['cgroup', 'ipc', 'mnt', 'net', 'pid', 'pid_for_children', 'time', 'user', 'uts']),
  filesystems: 'nodev\tproc\nnodev\toverlay\n\text4\nnodev\tfuse',
  seccompActions: 'kill_process allow',
  cpuPressure: ok('some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n'),
  maxUserNamespaces: '96365',
  unprivilegedUserNamespaces: null,
  status: ok('Name:\tnsview\nUid:\t0\t0\t0\t0\nCapEff:\t000001ffffffffff\n'),
  notices: [],
  engines: [],
  nativeMissing: null,
  terminal: { isTerminal: true, colours: true, utf8: true },
};

function checkOf(id: string, changes: Partial<DoctorFacts>): unknown {
  const check = doctorChecks({ ...good, ...changes }).find((candidate) => candidate.id === id);
  return check === undefined ? null : [check.ok, check.what, check.remedy];
}

describe('doctorChecks', () => {
  it('finds nothing wrong with a good host', () => {
    const wrong = doctorChecks(good).filter(({ ok: fine }) => fine !== true);
    expect(wrong.map(({ id, ok: fine }) => [id, fine])).toEqual([
      ['aufs', null],
      ['lxcfs', null],
    ]);
  });

  it('names each check once', () => {
    const ids = doctorChecks(good).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it.each<[string, Partial<DoctorFacts>, unknown]>([
    [
      'cgroup-layout',
      { layout: { kind: 'none', v1: {}, v2: null } },
      [false, 'no cgroup hierarchy is mounted', 'mount -t cgroup2 none /sys/fs/cgroup'],
    ],
    [
      'cgroup-controllers',
      { unifiedControllers: 'cpu pids' },
      [false, 'controllers: cpu pids; without memory those figures are unknown', 'boot with cgroup_enable=memory'],
    ],
    [
      'user-namespaces',
      { maxUserNamespaces: '0' },
      [false, 'user namespaces are switched off', 'sysctl user.max_user_namespaces=10000'],
    ],
    [
      'user-namespaces',
      { unprivilegedUserNamespaces: '0' },
      [false, 'user namespaces are for root only', 'sysctl kernel.unprivileged_userns_clone=1'],
    ],
    ['namespaces', { namespaces: ok(['mnt', 'pid']) }, expect.arrayContaining([null])],
    ['lxcfs', { lxcfs: { target: '/var/lib/lxcfs', hasEnded: false } }, [true, 'lxcfs on /var/lib/lxcfs', null]],
    [
      'lxcfs',
      { lxcfs: { target: '/var/lib/lxcfs', hasEnded: true } },
      [
        false,
        'the lxcfs mounted on /var/lib/lxcfs has ended: its files fail with ENOTCONN, also in containers',
        'umount /var/lib/lxcfs, start lxcfs again, and then the containers that have it',
      ],
    ],
    ['seccomp', { seccompActions: null }, expect.arrayContaining([false])],
    [
      'pressure',
      { cpuPressure: { status: 'unsupported', path: '/proc/pressure/cpu', code: 'ENOENT' } },
      [false, 'no pressure figures (PSI)', 'boot with psi=1'],
    ],
    [
      'rights',
      { status: ok('Uid:\t65534\t65534\t65534\t65534\nCapEff:\t0000000000000000\n') },
      [
        false,
        'uid 65534 without CAP_SYS_PTRACE (namespaces, open files) and CAP_DAC_READ_SEARCH (layers, state of engines)',
        'run nsview as root',
      ],
    ],
    [
      'hidepid',
      { notices: [{ path: '/proc', code: 'HIDEPID', message: 'hidden', remedy: 'be root' }] },
      [false, 'hidden', 'be root'],
    ],
    [
      'native',
      { nativeMissing: 'libnsview.so is not built' },
      [null, 'plain Node reads /proc: libnsview.so is not built', 'install gcc and make, then npm run build'],
    ],
    [
      'terminal',
      { terminal: { isTerminal: true, colours: false, utf8: false } },
      [null, 'no colours, ASCII', 'set LANG to a UTF-8 locale, such as C.UTF-8'],
    ],
  ])('%s', (id, changes, expected) => {
    expect(checkOf(id, changes)).toEqual(expected);
  });

  it('tells of each engine where it was found, and what to do where it was not', () => {
    const checks = doctorChecks({
      ...good,
      engines: [
        {
          engine: 'docker',
          where: '/run/docker.sock',
          status: 'denied',
          message: 'EACCES',
          remedy: 'be in group docker',
        },
        { engine: 'docker', where: '/var/lib/docker', status: 'ok', message: 'state', remedy: null },
        { engine: 'podman', where: '/run/podman/podman.sock', status: 'absent', message: 'no socket', remedy: null },
      ],
    }).filter(({ id }) => id.startsWith('engine'));
    expect(checks.map(({ ok: fine, what, remedy }) => [fine, what, remedy])).toEqual([
      [false, 'docker at /run/docker.sock: EACCES', 'be in group docker'],
      [true, 'docker at /var/lib/docker: state', null],
      [null, 'podman at /run/podman/podman.sock: no socket', null],
    ]);
  });
});
