import { describe, expect, it } from 'vitest';
import { findSockets, type SocketEnvironment } from '../../../src/probes/engines/socket-places.ts';
import { memoryHost } from '../../support/memory-host.ts';

const nowhere: SocketEnvironment = { home: null, run: null, env: {} };
const USUAL = [
  'docker /var/run/docker.sock',
  'podman /run/podman/podman.sock',
  'containerd /run/containerd/containerd.sock',
  'containerd /run/docker/containerd/containerd.sock',
];

function places(tree: string, environment: Partial<SocketEnvironment> = {}) {
  const { places: found, unsupported } = findSockets(memoryHost(tree), { ...nowhere, ...environment });
  return { found: found.map(({ engine, path }) => `${engine} ${path}`), places: found, unsupported };
}

describe('where sockets are looked for', () => {
  it('the usual places', () => {
    expect(places('=== etc/hostname\nh\n').found).toEqual(USUAL);
  });

  it('DOCKER_HOST and CONTAINER_HOST first, each once', () => {
    const env = { DOCKER_HOST: 'unix:///run/docker.sock', CONTAINER_HOST: 'unix:/srv/p.sock' };
    expect(places('=== etc/hostname\nh\n', { env }).found).toEqual([
      'docker /run/docker.sock',
      'podman /srv/p.sock',
      ...USUAL.slice(1),
    ]);
  });

  it('a link of one engine’s socket to another’s is one socket', () => {
    const tree = '=== run/podman/podman.sock\n\n=== var/run/docker.sock -> /run/podman/podman.sock';
    expect(places(tree).found).toEqual(['docker /var/run/docker.sock', ...USUAL.slice(2)]);
  });

  it('rootless engines of all users that can be seen', () => {
    const { places: found } = places('=== run/user/1000/x\n\n=== run/user/lost/x\n\n', { run: '/run/user/1000' });
    expect(found.filter(({ rootless }) => rootless).map(({ path }) => path)).toEqual([
      '/run/user/1000/docker.sock',
      '/run/user/1000/podman/podman.sock',
    ]);
  });

  it('the current context, by name; DOCKER_CONTEXT and DOCKER_HOST go before it', () => {
    const meta = (name: string, host: string) =>
      `=== home/me/.docker/contexts/meta/${name}/meta.json\n{"Name":"${name}","Endpoints":{"docker":{"Host":"${host}"}}}\n`;
    const tree = `=== home/me/.docker/config.json\n{"currentContext":"desk"}\n${meta('desk', 'unix:///home/me/d.sock')}${meta('far', 'ssh://me@far')}`;
    expect(places(tree, { home: '/home/me' }).found[0]).toBe('docker /home/me/d.sock');
    expect(places(tree, { home: '/home/me', env: { DOCKER_HOST: 'unix:///d' } }).found).not.toContain(
      'docker /home/me/d.sock',
    );
    const far = places(tree, { home: '/home/me', env: { DOCKER_CONTEXT: 'far' } });
    expect(far.found).toEqual(USUAL);
    expect(far.unsupported).toMatchObject([
      { where: 'Docker context far', message: expect.stringContaining('ssh://me@far') },
    ]);
  });

  it.each(['tcp://10.0.0.1:2375', 'ssh://root@far', 'npipe:////./pipe/x', 'nonsense'])(
    '%s is said to be unsupported',
    (address) => {
      const { found, unsupported } = places('=== etc/hostname\nh\n', { env: { DOCKER_HOST: address } });
      expect(found).toEqual(USUAL);
      expect(unsupported).toMatchObject([{ engine: 'docker', where: 'DOCKER_HOST', status: 'absent' }]);
      expect(unsupported[0]?.message).toContain(address);
      expect(unsupported[0]?.remedy).toContain('--engine docker=SOCKET');
    },
  );
});
