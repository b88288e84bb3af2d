import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { clientOf, daemonWays, nameOrId } from '../../src/actions/daemon-actions.ts';
import type { Way } from '../../src/actions/way.ts';
import type { Container } from '../../src/model/document/container.ts';
import { type Engines, openEngines } from '../../src/probes/engines/engines.ts';
import { openHost } from '../../src/probes/open-host.ts';
import { dockerAnswers, startHttp } from '../probes/engines/fake-daemon.ts';
import { containerFixture } from '../support/container-fixture.ts';

const ID = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);
const host = openHost({}, { native: false });

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A daemon that has the container ID and answers changes with `answer`; the changes it was asked for. */
async function startDaemon(answer: Answer) {
  const changes: string[] = [];
  const seen = { events: new Set<ServerResponse>(), requests: [] as string[] };
  const reads = dockerAnswers(() => [{ Id: ID, name: 'web' }], seen);
  const daemon = await startHttp((request, response) => {
    if (request.method === 'GET') {
      reads(request, response);
      return;
    }
    changes.push(`${request.method} ${request.url}`);
    answer(request, response);
  });
  const engines = openEngines(
    host,
    { kind: 'sockets', sockets: [{ engine: 'docker', path: daemon.path }] },
    { env: {} },
  );
  await engines.refresh(2000);
  return { changes, engines, path: daemon.path };
}

function waysOf(engines: Engines, container: Container): readonly Way[] {
  const daemon = engines.daemonOf(container.id);
  return daemon === null ? expect.fail('no daemon has it') : daemonWays(container, daemon);
}

function wayOf(engines: Engines, verb: Way['verb'], changes: Partial<Container> = {}): Way {
  const found = waysOf(engines, containerFixture(0, { id: ID, name: 'web', ...changes })).find(
    (way) => way.verb === verb,
  );
  return found ?? expect.fail(`no way to ${verb}`);
}

const says = (status: number, message?: string) => (_request: IncomingMessage, response: ServerResponse) => {
  response.writeHead(status);
  response.end(message === undefined ? undefined : JSON.stringify({ message }));
};

describe('a container of an engine that answers', () => {
  it.each([
    ['pause', `POST /containers/${ID}/pause`, 'paused web'],
    ['stop', `POST /containers/${ID}/stop`, 'stopped web'],
    ['kill', `POST /containers/${ID}/kill`, 'killed web'],
    ['remove', `DELETE /containers/${ID}?force=true`, 'removed web'],
  ] as const)('%s is one request, by the whole id', async (verb, request, told) => {
    const { changes, engines, path } = await startDaemon(says(204));
    const way = wayOf(engines, verb);
    expect(way.calls).toEqual([`${request} on ${path}`]);
    expect(await way.run()).toEqual({ ok: true, says: told });
    expect(changes).toEqual([request]);
    engines.close();
  });

  it('is unpaused where it is paused, and what is so already is no failure', async () => {
    const { changes, engines } = await startDaemon(says(304));
    expect(waysOf(engines, containerFixture(0, { id: ID, status: 'paused' })).map(({ verb }) => verb)).not.toContain(
      'pause',
    );
    expect(await wayOf(engines, 'unpause', { status: 'paused' }).run()).toEqual({
      ok: true,
      says: 'web was so already',
    });
    expect(changes).toEqual([`POST /containers/${ID}/unpause`]);
    engines.close();
  });

  it('tells what the daemon says against it', async () => {
    const { engines } = await startDaemon(says(409, 'container is restarting'));
    expect(await wayOf(engines, 'stop').run()).toEqual({
      ok: false,
      says: 'stop web: container is restarting (HTTP 409)',
    });
    engines.close();
  });

  it('follows no redirect', async () => {
    const target = await startDaemon(says(204));
    const { engines } = await startDaemon((_request, response) => {
      response.writeHead(301, { Location: `http://unix:${target.path}:/containers/${OTHER}/kill` });
      response.end('<html>');
    });
    expect(await wayOf(engines, 'kill').run()).toMatchObject({ ok: false });
    expect(target.changes).toEqual([]);
    engines.close();
    target.engines.close();
  });

  it('tells that the connection broke', async () => {
    const { engines } = await startDaemon((request) => request.socket.destroy());
    const result = await wayOf(engines, 'pause').run();
    expect(result.ok).toBe(false);
    expect(result.says).toMatch(/^pause web: /);
    engines.close();
  });

  it('is asked only about containers that the daemon has', async () => {
    const { engines } = await startDaemon(says(204));
    expect(engines.daemonOf(OTHER)).toBeNull();
    expect(engines.daemonOf(ID.slice(0, 12))).toBeNull();
    engines.close();
  });
});

describe('the command line shown', () => {
  it.each([
    ['docker', '/var/run/docker.sock', 'docker'],
    ['docker', '/tmp/other dir/docker.sock', "docker -H 'unix:///tmp/other dir/docker.sock'"],
    ['podman', '/run/podman/podman.sock', 'podman'],
    ['podman', '/run/user/1000/podman/podman.sock', 'podman --url unix:///run/user/1000/podman/podman.sock'],
  ] as const)('%s at %s: %s', (engine, socket, command) => {
    expect(clientOf({ engine, socket })).toBe(command);
  });

  it('names a container by nothing that a shell would take apart', () => {
    const short = containerFixture(0).shortId;
    expect(nameOrId(containerFixture(0, { name: 'web_1.a-b' }))).toBe('web_1.a-b');
    for (const name of ['a;rm -rf /', '$(reboot)', '-rf', 'a b', '\u001b[2J', '']) {
      expect(nameOrId(containerFixture(0, { name }))).toBe(short);
    }
  });
});
