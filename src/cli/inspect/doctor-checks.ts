import type { DoctorCheck } from '../../model/document/outputs.ts';
import { nativeRemedy } from '../../native/native-file.ts';
import type { DoctorFacts } from './doctor-facts.ts';

const NAMESPACE_TYPES = ['cgroup', 'ipc', 'mnt', 'net', 'pid', 'time', 'user', 'uts'];
const CONTROLLERS = ['cpu', 'memory', 'pids'];

/** Capabilities that reading other users' processes takes: bits of capabilities(7). */
const CAP_DAC_OVERRIDE = 1n << 1n;
const CAP_DAC_READ_SEARCH = 1n << 2n;
const CAP_SYS_PTRACE = 1n << 19n;

/** What this host offers and what is denied. `ok: null`: it is not needed, or nobody can tell. */
export function doctorChecks(facts: DoctorFacts): readonly DoctorCheck[] {
  return [
    cgroupLayoutCheck(facts),
    controllersCheck(facts),
    namespacesCheck(facts),
    userNamespacesCheck(facts),
    filesystemCheck(facts, 'overlay', 'overlay root file systems', 'modprobe overlay'),
    filesystemCheck(facts, 'aufs', 'aufs root file systems', null),
    filesystemCheck(facts, 'fuse', 'FUSE: fuse-overlayfs and lxcfs', 'modprobe fuse'),
    seccompCheck(facts),
    pressureCheck(facts),
    rightsCheck(facts),
    ...viewChecks(facts),
    nativeCheck(facts),
    lxcfsCheck(facts),
    ...engineChecks(facts),
    terminalCheck(facts),
  ];
}

function check(id: string, ok: boolean | null, what: string, remedy: string | null = null): DoctorCheck {
  return { id, ok, what, remedy: ok === true ? null : remedy };
}

function cgroupLayoutCheck({ layout }: DoctorFacts): DoctorCheck {
  const { kind, v2 } = layout;
  switch (kind) {
    case 'none':
      return check('cgroup-layout', false, 'no cgroup hierarchy is mounted', 'mount -t cgroup2 none /sys/fs/cgroup');
    case 'unified':
      return check('cgroup-layout', true, `cgroup v2 (unified) on ${v2?.mountPoint ?? '/sys/fs/cgroup'}`);
    case 'hybrid':
      return check('cgroup-layout', true, `cgroup v1 with v2 beside it (hybrid), v2 on ${v2?.mountPoint ?? '?'}`);
    case 'legacy':
      return check('cgroup-layout', true, 'cgroup v1 (legacy)');
  }
}

function controllersCheck({ layout, unifiedControllers }: DoctorFacts): DoctorCheck {
  const unified = unifiedControllers?.split(' ').filter((name) => name !== '') ?? [];
  const legacy = Object.keys(layout.v1).filter((name) => !name.startsWith('name='));
  const here = new Set([...legacy, ...unified]);
  const missing = CONTROLLERS.filter((name) => !here.has(name));
  const what = here.size === 0 ? 'no controllers' : `controllers: ${[...here].sort().join(' ')}`;
  return missing.length === 0
    ? check('cgroup-controllers', true, what)
    : check(
        'cgroup-controllers',
        false,
        `${what}; without ${missing.join(', ')} those figures are unknown`,
        missing.includes('memory') ? 'boot with cgroup_enable=memory' : 'enable them in the kernel’s configuration',
      );
}

function namespacesCheck({ namespaces }: DoctorFacts): DoctorCheck {
  if (namespaces.status !== 'ok') {
    return check('namespaces', false, '/proc/self/ns is not readable', 'mount /proc');
  }
  const missing = NAMESPACE_TYPES.filter((type) => !namespaces.value.includes(type));
  return missing.length === 0
    ? check('namespaces', true, `all eight types: ${NAMESPACE_TYPES.join(' ')}`)
    : check('namespaces', null, `this kernel has no ${missing.join(', ')} namespaces`, 'a newer kernel has them');
}

function userNamespacesCheck({ maxUserNamespaces, unprivilegedUserNamespaces }: DoctorFacts): DoctorCheck {
  const id = 'user-namespaces';
  if (maxUserNamespaces === null) {
    return check(id, null, 'the kernel does not tell how many user namespaces there may be');
  }
  if (Number(maxUserNamespaces) === 0) {
    return check(id, false, 'user namespaces are switched off', 'sysctl user.max_user_namespaces=10000');
  }
  return unprivilegedUserNamespaces === '0'
    ? check(id, false, 'user namespaces are for root only', 'sysctl kernel.unprivileged_userns_clone=1')
    : check(id, true, `up to ${maxUserNamespaces} user namespaces`);
}

function filesystemCheck({ filesystems }: DoctorFacts, name: string, what: string, remedy: string | null): DoctorCheck {
  if (filesystems === null) {
    return check(name, null, `${what}: /proc/filesystems is not readable`);
  }
  const known = filesystems.split('\n').some((line) => line.split('\t').at(-1)?.trim() === name);
  return known ? check(name, true, what) : check(name, null, `${what}: this kernel has none loaded`, remedy);
}

function seccompCheck({ seccompActions }: DoctorFacts): DoctorCheck {
  return seccompActions === null
    ? check('seccomp', false, 'no seccomp filters', 'a kernel with CONFIG_SECCOMP_FILTER has them')
    : check('seccomp', true, `seccomp: ${seccompActions}`);
}

function pressureCheck({ cpuPressure, layout }: DoctorFacts): DoctorCheck {
  if (cpuPressure.status !== 'ok') {
    return check('pressure', false, 'no pressure figures (PSI)', 'boot with psi=1');
  }
  return layout.v2 === null
    ? check('pressure', null, 'pressure of the host alone: cgroup v1 has none per group', 'boot with cgroup v2')
    : check('pressure', true, 'pressure of the host and of each v2 group');
}

function rightsCheck({ status }: DoctorFacts): DoctorCheck {
  if (status.status !== 'ok') {
    return check('rights', null, 'our own rights are not readable');
  }
  const uid = /^Uid:\s+\d+\s+(\d+)/m.exec(status.value)?.[1] ?? '?';
  const effective = BigInt(`0x${/^CapEff:\s+([0-9a-f]+)/m.exec(status.value)?.[1] ?? '0'}`);
  const missing = [
    ...((effective & CAP_SYS_PTRACE) === 0n ? ['CAP_SYS_PTRACE (namespaces, open files)'] : []),
    ...((effective & (CAP_DAC_OVERRIDE | CAP_DAC_READ_SEARCH)) === 0n
      ? ['CAP_DAC_READ_SEARCH (layers, state of engines)']
      : []),
  ];
  return missing.length === 0
    ? check('rights', true, `uid ${uid} with the rights to see every process`)
    : check('rights', false, `uid ${uid} without ${missing.join(' and ')}`, 'run nsview as root');
}

/** What hides processes or groups from us: each a check of its own, fine where no notice says otherwise. */
function viewChecks({ notices }: DoctorFacts): readonly DoctorCheck[] {
  const views = [
    { id: 'hidepid', code: 'HIDEPID', fine: '/proc shows the processes of everybody' },
    { id: 'pid-namespace', code: 'PIDNS', fine: 'nsview runs in the host’s pid namespace' },
    { id: 'cgroup-namespace', code: 'CGROUPNS', fine: 'nsview runs in the host’s cgroup namespace' },
  ];
  return views.map(({ id, code, fine }) => {
    const notice = notices.find((candidate) => candidate.code === code);
    return notice === undefined ? check(id, true, fine) : check(id, false, notice.message, notice.remedy);
  });
}

function nativeCheck({ nativeMissing }: DoctorFacts): DoctorCheck {
  return nativeMissing === null
    ? check('native', true, 'the native library is loaded')
    : check('native', null, `plain Node reads /proc: ${nativeMissing}`, nativeRemedy());
}

function lxcfsCheck({ lxcfs }: DoctorFacts): DoctorCheck {
  if (lxcfs === null) {
    return check('lxcfs', null, 'lxcfs is not mounted: containers see the host’s /proc');
  }
  const { target, hasEnded } = lxcfs;
  return hasEnded
    ? check(
        'lxcfs',
        false,
        `the lxcfs mounted on ${target} has ended: its files fail with ENOTCONN, also in containers`,
        `umount ${target}, start lxcfs again, and then the containers that have it`,
      )
    : check('lxcfs', true, `lxcfs on ${target}`);
}

function engineChecks({ engines }: DoctorFacts): readonly DoctorCheck[] {
  return engines.map(({ engine, where, status, message, remedy }) =>
    check(
      `engine:${engine}:${where}`,
      status === 'ok' ? true : status === 'absent' ? null : false,
      `${engine} at ${where}: ${message === '' ? status : message}`,
      remedy,
    ),
  );
}

function terminalCheck({ terminal }: DoctorFacts): DoctorCheck {
  if (!terminal.isTerminal) {
    return check('terminal', null, 'output is no terminal', null);
  }
  const what = `${terminal.colours ? 'colours' : 'no colours'}, ${terminal.utf8 ? 'UTF-8' : 'ASCII'}`;
  return terminal.utf8
    ? check('terminal', true, what)
    : check('terminal', null, what, 'set LANG to a UTF-8 locale, such as C.UTF-8');
}
