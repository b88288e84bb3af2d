import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { inspectedFacts, listedFacts } from '../../../src/probes/engines/api-facts.ts';
import { inspectAnswer, listAnswer } from '../../../src/probes/engines/api-schema.ts';
import { dockerDataRoots, dockerFacts, readDockerContainer } from '../../../src/probes/engines/docker-state.ts';
import { memoryHost } from '../../support/memory-host.ts';
import { captured, capturedJson, DOCKER_ID } from './fixture.ts';

const config = capturedJson('docker-config.v2.json');
const hostConfig = capturedJson('docker-hostconfig.json');

const web = {
  id: DOCKER_ID,
  engine: 'docker',
  name: 'eng-web',
  image: 'nsv-busybox',
  source: 'config.v2.json',
  status: 'running',
  startedAt: expect.stringMatching(/^2026-11-25T18:/),
  exit: null,
  labels: { 'com.docker.compose.project': 'shop', 'com.example.tier': 'front' },
  restartPolicy: 'on-failure:3',
  ports: [
    { host: '0.0.0.0:18053', container: 53, protocol: 'udp' },
    { host: '[::]:18053', container: 53, protocol: 'udp' },
    { host: '127.0.0.1:18099', container: 80, protocol: 'tcp' },
    { host: null, container: 9000, protocol: 'tcp' },
  ],
  group: 'shop',
  privileged: false,
  cpusGivenAs: null,
  volumes: { '/data': 'engdata' },
};

describe('state of a Docker container', () => {
  it('is read from config.v2.json and hostconfig.json', () => {
    expect(dockerFacts(config, hostConfig, 'config.v2.json')).toEqual(web);
  });

  it('says what the daemon says of the same container', () => {
    const { source: _disk, ...disk } = dockerFacts(config, hostConfig, 'config.v2.json') ?? { source: '' };
    const { source: _socket, ...socket } = inspectedFacts(
      'docker',
      inspectAnswer.parse(capturedJson('docker-inspect.json')),
    );
    expect(disk).toEqual(socket);
    const [listed] = listAnswer.parse(capturedJson('docker-list.json'));
    expect(listed && listedFacts('docker', listed)).toEqual({
      ...socket,
      source: 'socket',
      startedAt: null,
      restartPolicy: null,
      privileged: null,
    });
  });

  it('says how it ended, in both', () => {
    const ended = { ExitCode: 137, FinishedAt: '2026-11-25T19:00:00.5Z' };
    const flags = { Running: false, StartedAt: '2026-11-25T18:00:00Z' };
    const disk = dockerFacts({ ...(config as object), State: { ...flags, ...ended } }, hostConfig, 'x');
    expect(disk).toMatchObject({ status: 'exited', exit: { code: 137, at: ended.FinishedAt } });
    const { Id, Config, HostConfig } = inspectAnswer.parse(capturedJson('docker-inspect.json'));
    const told = inspectAnswer.parse({ Id, Config, HostConfig, State: { Status: 'exited', ...ended } });
    expect(inspectedFacts('docker', told).exit).toEqual(disk?.exit);
    const [listed] = listAnswer.parse([{ Id, State: 'exited', Status: 'Exited (137) 5 minutes ago' }]);
    expect(listed && listedFacts('docker', listed).exit).toEqual({ code: 137, at: null });
  });

  it('leaves unknown what only a missing hostconfig.json tells', () => {
    expect(dockerFacts(config, undefined, 'x')).toMatchObject({
      restartPolicy: null,
      privileged: null,
      name: 'eng-web',
    });
  });

  it.each([
    [{ Running: true, Paused: true }, 'paused'],
    [{ Running: true, Restarting: true }, 'restarting'],
    [{ Running: true }, 'running'],
    [{ StartedAt: '2026-01-01T00:00:00Z' }, 'exited'],
    [{ StartedAt: '0001-01-01T00:00:00Z' }, 'created'],
    [{ Dead: true }, 'dead'],
    [{ RemovalInProgress: true, StartedAt: '2026-01-01T00:00:00Z' }, 'dead'],
    [undefined, 'created'],
  ])('state %j is %s', (State, status) => {
    expect(dockerFacts({ ID: DOCKER_ID, State }, undefined, 'x')?.status).toBe(status);
  });

  it('takes any JSON without throwing, and a hash for an id only', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (any, other) => {
        expect(dockerFacts(any, other, 'x')).toBeNull();
        const facts = dockerFacts(
          { ...Object(any), ID: DOCKER_ID, Config: any, NetworkSettings: { Ports: other } },
          other,
          'x',
        );
        expect(facts?.id).toBe(DOCKER_ID);
      }),
    );
  });

  it('keeps labels with the names of object properties', () => {
    const Labels = JSON.parse('{"__proto__":"a","constructor":"b"}');
    const labels = dockerFacts({ ID: DOCKER_ID, Config: { Labels } }, undefined, 'x')?.labels;
    expect(Object.entries(labels ?? {})).toEqual([
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ]);
  });
});

describe('a data root', () => {
  const directory = `/data/containers/${DOCKER_ID}`;

  it('that holds another container under the id, a link or no JSON tells nothing', () => {
    const host = memoryHost('=== data/containers/a -> b');
    expect(readDockerContainer(host, '/data', DOCKER_ID).status).toBe('unsupported');
    host.write(`${directory}/config.v2.json`, captured('docker-config.v2.json').slice(0, 999));
    expect(readDockerContainer(host, '/data', DOCKER_ID).status).toBe('garbled');
    host.write(`${directory}/config.v2.json`, captured('docker-config.v2.json').replace(DOCKER_ID, 'f'.repeat(64)));
    expect(readDockerContainer(host, '/data', DOCKER_ID).status).toBe('garbled');
    host.write(`${directory}/config.v2.json`, captured('docker-config.v2.json'));
    expect(readDockerContainer(host, '/data', DOCKER_ID)).toMatchObject({ status: 'ok', value: { name: 'eng-web' } });
    host.remove(`${directory}/config.v2.json`);
    const linked = memoryHost(
      `=== data/containers/${DOCKER_ID}/config.v2.json -> /etc/shadow\n=== etc/shadow\nroot:x\n`,
    );
    expect(readDockerContainer(linked, '/data', DOCKER_ID)).toMatchObject({ status: 'unsupported', code: 'ELOOP' });
  });

  it('is told by the running daemon, its configuration, and custom', () => {
    const host = memoryHost('=== etc/docker/daemon.json\n{"data-root": "/srv/docker"}\n=== var/run/docker.pid\n812\n');
    host.write('/proc/812/cmdline', 'dockerd\0--data-root=/mnt/big/docker/\0-H\0fd://\0');
    expect(dockerDataRoots(host)).toEqual(['/mnt/big/docker', '/srv/docker', '/var/lib/docker']);
    host.write('/proc/812/cmdline', 'bash\0--data-root=/mnt/big/docker/\0');
    expect(dockerDataRoots(host)).toEqual(['/srv/docker', '/var/lib/docker']);
  });
});
