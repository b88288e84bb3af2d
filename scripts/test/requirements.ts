import { spawnSync } from 'node:child_process';
import { isInstalled } from '../../test/support/command.ts';

/** A Debian package, how one sees that it is there, and what cannot be tested without it. */
type Requirement = { readonly package: string; readonly programs: readonly string[]; readonly without: string };

const requirements: readonly Requirement[] = [
  { package: 'gcc', programs: ['gcc'], without: 'the native part and its tests' },
  { package: 'libc6-dev', programs: ['../include/stdio.h'], without: 'the native part and its tests' },
  { package: 'make', programs: ['make'], without: 'the native part and its tests' },
  { package: 'clang-format', programs: ['clang-format'], without: 'the check of how the C code is laid out' },
  { package: 'gcc-aarch64-linux-gnu', programs: ['aarch64-linux-gnu-gcc'], without: 'the native part for arm64' },
  {
    package: 'libc6-dev-arm64-cross',
    programs: ['../aarch64-linux-gnu/include/stdio.h'],
    without: 'the native part for arm64',
  },
  { package: 'procps', programs: ['ps'], without: 'comparisons with ps' },
  { package: 'iproute2', programs: ['ip'], without: 'Docker' },
  { package: 'busybox-static', programs: ['busybox'], without: 'every container: it is their root file system' },
  { package: 'docker.io', programs: ['dockerd', 'docker', 'containerd', 'ctr'], without: 'Docker and containerd' },
  { package: 'iptables', programs: ['iptables'], without: 'Docker' },
  { package: 'runc', programs: ['runc'], without: 'runc and Docker' },
  { package: 'crun', programs: ['crun'], without: 'crun in the cgroup v2 kernel' },
  { package: 'podman', programs: ['podman', 'conmon'], without: 'Podman' },
  { package: 'uidmap', programs: ['newuidmap'], without: 'rootless Podman' },
  { package: 'lxc', programs: ['lxc-start'], without: 'LXC' },
  { package: 'systemd-container', programs: ['systemd-nspawn'], without: 'systemd-nspawn' },
  { package: 'bubblewrap', programs: ['bwrap'], without: 'bubblewrap, the sandbox that is no container' },
  { package: 'user-mode-linux', programs: ['linux.uml'], without: 'the cgroup v2 kernel' },
  { package: 'kmod', programs: ['insmod'], without: 'the cgroup v2 kernel' },
];

/** The packages whose programs are not all there. */
function missingOf(wanted: readonly Requirement[]): Requirement[] {
  return wanted.filter(({ programs }) => !programs.every(isInstalled));
}

/**
 * Installs what is missing, as root only, and says so before. Whatever is missing afterwards is named with what it
 * costs; the tests that need it skip themselves. `packages`: only these.
 */
export function installRequirements(packages?: readonly string[]): void {
  const wanted = requirements.filter((one) => packages === undefined || packages.includes(one.package));
  const missing = missingOf(wanted);
  if (missing.length === 0) return;
  const names = missing.map((requirement) => requirement.package);
  if (process.getuid?.() !== 0) {
    console.log(`Not root, so nothing is installed. As root: apt-get install ${names.join(' ')}`);
  } else if (!isInstalled('apt-get')) {
    console.log('There is no apt-get here, so nothing is installed.');
  } else {
    console.log(`Installing with apt-get: ${names.join(' ')}`);
    apt('update', '-q');
    apt('install', '-q', '-y', '--no-install-recommends', ...names);
  }
  for (const requirement of missingOf(wanted)) {
    console.log(`skipped without ${requirement.package}: ${requirement.without}`);
  }
}

/** Output goes to stderr; a failure is not the end: the tests say what they miss. */
function apt(...args: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
}
