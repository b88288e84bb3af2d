import { existsSync } from 'node:fs';
import { waitUntil } from '../wait-until.ts';
import { makeBusyboxArchive } from './busybox.ts';
import { busyboxImage, type Docker } from './docker.ts';

/** Where the programs of the host are, and what they need: the container of the daemon has no others. */
const PROGRAMS = ['/usr', '/lib', '/lib64', '/sbin', '/etc/ssl'];
const RIGHTS = [
  ...['SYS_ADMIN', 'NET_ADMIN', 'SYS_PTRACE'].flatMap((right) => ['--cap-add', right]),
  ...['seccomp=unconfined', 'apparmor=unconfined'].flatMap((option) => ['--security-opt', option]),
];

/**
 * A dockerd in a container of another one, with the programs of the host and no network. `data`: how its state directory
 * is mounted, which must not be on the overlay of its own container (`-v /var/lib/docker`).
 */
export async function startDockerInDocker(
  outer: Docker['docker'],
  workDir: string,
  { name, data }: { readonly name: string; readonly data: readonly string[] },
): Promise<{ docker: Docker['docker']; stop(): Promise<void> }> {
  const archive = await makeBusyboxArchive(workDir);
  const binds = PROGRAMS.filter((place) => existsSync(place)).flatMap((place) => ['-v', `${place}:${place}:ro`]);
  const places = [
    ...binds,
    '-v',
    '/sys/fs/cgroup:/sys/fs/cgroup',
    '-v',
    `${archive}:/busybox.tar:ro`,
    '--tmpfs',
    '/run',
  ];
  const network = ['--bridge=none', '--iptables=false', '--ip6tables=false', '--ip-forward=false'];
  const socket = 'unix:///run/inner.sock';
  const path = 'PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  const options = ['-d', '--name', name, '--network', 'none', '-e', path, ...RIGHTS, ...places, ...data];
  await outer('run', ...options, busyboxImage, 'dockerd', '-H', socket, ...network);
  const docker: Docker['docker'] = (...args) => outer('exec', name, 'docker', '-H', socket, ...args);
  const stop = async () => {
    const ids = await docker('ps', '-aq').catch(() => '');
    if (ids !== '') await docker('rm', '-fv', ...ids.split('\n'));
    await outer('rm', '-fv', name);
  };
  try {
    await waitUntil('the dockerd inside answers', () =>
      docker('version').then(
        () => true,
        () => false,
      ),
    );
    await docker('import', '/busybox.tar', busyboxImage);
  } catch (error) {
    const log = await outer('logs', name).catch(String);
    await stop();
    throw new Error(`no Docker in Docker: ${log.slice(-2000)}`, { cause: error });
  }
  return { docker, stop };
}
