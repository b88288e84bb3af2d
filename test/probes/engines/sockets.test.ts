import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Engines, openEngines } from '../../../src/probes/engines/engines.ts';
import { openHost } from '../../../src/probes/open-host.ts';
import { dockerAnswers, type FakeContainer, type FakeDaemon, startHttp, startRaw } from './fake-daemon.ts';
import { candidate } from './fixture.ts';

const A = 'a'.repeat(64);
const B = 'b'.repeat(64);
const host = openHost({}, { native: false });
const unhandled: unknown[] = [];
const note = (reason: unknown) => unhandled.push(reason);

beforeEach(() => {
  process.on('unhandledRejection', note);
});

afterEach(() => {
  process.off('unhandledRejection', note);
  expect(unhandled).toEqual([]);
});

function ask(path: string, engine: 'docker' | 'podman' = 'docker'): Engines {
  return openEngines(host, { kind: 'sockets', sockets: [{ engine, path }] }, { env: {} });
}

/** The socket's own report: those of the state directories come after it. */
function said(engines: Engines) {
  return engines.reports()[0];
}

function names(engines: Engines, ...ids: readonly string[]) {
  return ids.map((id) => engines.facts(candidate({ engine: 'docker', id }), null)?.name ?? null);
}

describe('a socket that answers', () => {
  it('tells names, details and its version', async () => {
    const seen = { events: new Set<ServerResponse>(), requests: [] as string[] };
    const daemon = await startHttp(dockerAnswers(() => [{ Id: A, name: 'web', restart: 'always' }], seen));
    const engines = ask(daemon.path);
    await engines.refresh(2000);
    expect(engines.facts(candidate({ engine: 'docker', id: A }), null)).toEqual({
      id: A,
      engine: 'docker',
      name: 'web',
      image: 'img',
      source: 'socket',
      status: 'running',
      startedAt: '2026-01-02T03:04:05Z',
      exit: null,
      labels: { a: 'b' },
      restartPolicy: 'always',
      ports: [],
      group: null,
      privileged: false,
      cpusGivenAs: null,
      volumes: {},
    });
    expect(said(engines)).toMatchObject({ status: 'ok', where: daemon.path, message: 'Docker 99.1 answers' });
    expect(seen.requests.some((url) => url.includes('stats'))).toBe(false);
    engines.close();
  });

  it('asks for details once, and loses none to a container that the daemon hangs on', async () => {
    const containers = Array.from({ length: 40 }, (_, index) => ({
      Id: index.toString(16).padStart(64, '0'),
      name: `c${index}`,
    }));
    const seen = {
      events: new Set<ServerResponse>(),
      requests: [] as string[],
      hangs: new Set([containers[20]?.Id ?? '']),
    };
    const daemon = await startHttp(dockerAnswers(() => containers, seen));
    const engines = ask(daemon.path);
    await engines.refresh(500);
    const detailed = containers.filter(({ Id }) => {
      return engines.facts(candidate({ engine: 'docker', id: Id }), null)?.restartPolicy === 'no';
    });
    expect(detailed.length).toBe(39);
    expect(names(engines, containers[20]?.Id ?? '')).toEqual(['c20']);
    expect(said(engines)).toMatchObject({ status: 'ok' });
    const before = seen.requests.length;
    await engines.refresh(300);
    expect(seen.requests.slice(before).filter((url) => url !== '/containers/json?all=1')).toEqual([
      `/containers/${containers[20]?.Id}/json`,
    ]);
    engines.close();
  });

  it('may be Podman’s at Docker’s address', async () => {
    const daemon = await startHttp((request, response) => {
      const version = { Version: '4.3.1', Components: [{ Name: 'Podman Engine' }] };
      response.end(JSON.stringify(request.url === '/version' ? version : [{ Id: A, Names: ['web'], State: 'exited' }]));
    });
    const engines = ask(daemon.path);
    await engines.refresh(2000);
    expect(engines.stopped()).toMatchObject([{ engine: 'podman', name: 'web', status: 'exited' }]);
    expect(said(engines)?.message).toBe('Podman 4.3.1 answers');
    engines.close();
  });
});

const BIG = JSON.stringify(Array.from({ length: 100_000 }, (_, index) => ({ Id: index, rest: 'x'.repeat(80) })));

describe('a socket that misbehaves costs nothing but the names', () => {
  it.each<[string, () => Promise<FakeDaemon>, { status: string; message: string }]>([
    ['accepts and never answers', () => startRaw(() => {}), { status: 'slow', message: 'no answer within 300 ms' }],
    [
      'answers garbage',
      () => startRaw((socket) => socket.end('\0\x1b[2J not HTTP\r\n\r\n')),
      { status: 'dead', message: 'HPE_' },
    ],
    ['closes at once', () => startRaw((socket) => socket.destroy()), { status: 'dead', message: 'E(CONNRESET|PIPE)' }],
    [
      'answers 500',
      () => startHttp((_, response) => response.writeHead(500).end('{"message":"no"}')),
      { status: 'dead', message: 'HTTP 500' },
    ],
    [
      'answers a code that nobody knows, without an end',
      () => startHttp((_, response) => response.writeHead(599).write('x')),
      { status: 'slow', message: 'no answer' },
    ],
    [
      'sends others away to itself',
      () => startHttp((_, response) => response.writeHead(302, { location: '/version' }).end()),
      { status: 'dead', message: 'a status of its own' },
    ],
    [
      'closes within the body',
      () =>
        startHttp((_, response) => {
          response.writeHead(200, { 'content-length': 1000 });
          response.write('[{"Id":', () => response.socket?.destroy());
        }),
      { status: 'dead', message: 'E(CONNRESET|PIPE)' },
    ],
    [
      'stops within the body',
      () => startHttp((_, response) => response.write('[{"Id":')),
      { status: 'slow', message: 'no answer' },
    ],
    [
      'answers other JSON',
      () => startHttp((_, response) => response.end('{"Version":7}')),
      { status: 'dead', message: 'unexpected JSON' },
    ],
    [
      'answers 10 MB to everything',
      () => startHttp((_, response) => response.end(BIG)),
      { status: 'dead', message: 'more than 1 MiB' },
    ],
    [
      'lists 10 MB of nonsense',
      () => startHttp((request, response) => response.end(request.url === '/version' ? '{}' : BIG)),
      { status: 'dead', message: 'unexpected JSON' },
    ],
    [
      'never ends a list',
      () =>
        startHttp((request, response) => {
          if (request.url === '/version') response.end('{}');
          else {
            const more = () => {
              while (!response.destroyed && response.write(' '.repeat(1 << 16)));
            };
            response.on('drain', more);
            more();
          }
        }),
      { status: 'dead', message: 'more than 16 MiB' },
    ],
  ])('%s', async (_title, start, report) => {
    const daemon = await start();
    const engines = ask(daemon.path);
    await import('../../../src/probes/engines/socket.ts');
    const started = performance.now();
    await engines.refresh(300);
    expect(performance.now() - started).toBeLessThan(1500);
    expect(said(engines)).toMatchObject({ where: daemon.path, status: report.status });
    expect(said(engines)?.message).toMatch(new RegExp(report.message));
    expect(said(engines)?.remedy).not.toBeNull();
    expect(names(engines, A)).toEqual([null]);
    engines.close();
  });

  it('nobody listens, nothing is there', async () => {
    const daemon = await startRaw(() => {});
    await daemon.stop();
    const gone = ask(`${daemon.path}.not`);
    await gone.refresh(300);
    expect(said(gone)).toMatchObject({ status: 'missing', remedy: 'check the path, or start the engine' });
  });

  it('a sound one beside it is heard all the same', async () => {
    const hung = await startRaw(() => {});
    const seen = { events: new Set<ServerResponse>(), requests: [] as string[] };
    const sound = await startHttp(dockerAnswers(() => [{ Id: A, name: 'web' }], seen));
    const sockets = [hung, sound].map(({ path }) => ({ engine: 'docker' as const, path }));
    const engines = openEngines(host, { kind: 'sockets', sockets }, { env: {} });
    await engines.refresh(400);
    expect(names(engines, A)).toEqual(['web']);
    expect(
      engines
        .reports()
        .slice(0, 2)
        .map(({ status }) => status),
    ).toEqual(['slow', 'ok']);
    engines.close();
  });

  it('keeps the names it told before it died', async () => {
    const seen = { events: new Set<ServerResponse>(), requests: [] as string[] };
    const daemon = await startHttp(dockerAnswers(() => [{ Id: A, name: 'web' }], seen));
    const engines = ask(daemon.path);
    await engines.refresh(2000);
    await daemon.stop();
    await engines.refresh(300);
    expect(names(engines, A)).toEqual(['web']);
    expect(said(engines)?.status).not.toBe('ok');
    engines.close();
  });
});

describe('following /events', () => {
  async function follow(containers: FakeContainer[]) {
    const seen = { events: new Set<ServerResponse>(), requests: [] as string[] };
    const daemon = await startHttp(dockerAnswers(() => containers, seen));
    const engines = ask(daemon.path);
    let wake = () => {};
    const stop = engines.follow(() => wake());
    const changed = async (holds: () => boolean) => {
      while (!holds()) {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    };
    const emit = (event: object) => {
      for (const stream of seen.events) stream.write(`${JSON.stringify({ Type: 'container', ...event })}\n`);
    };
    return { engines, daemon, seen, stop, changed, emit };
  }

  it('learns what starts, what is renamed and what is updated, and asks of nothing else', async () => {
    const containers: FakeContainer[] = [{ Id: A, name: 'web' }];
    const { engines, seen, changed, emit, stop } = await follow(containers);
    await changed(() => names(engines, A)[0] === 'web');
    containers.push({ Id: B, name: 'new' });
    emit({ Action: 'start', Actor: { ID: B } });
    await changed(() => names(engines, B)[0] === 'new');
    containers[0] = { Id: A, name: 'web', restart: 'always' };
    const before = seen.requests.length;
    emit({ Action: 'exec_start: sh', Actor: { ID: B } });
    emit({ Action: 'update', Actor: { ID: A } });
    await changed(() => engines.facts(candidate({ engine: 'docker', id: A }), null)?.restartPolicy === 'always');
    expect(seen.requests.slice(before)).toEqual(['/containers/json?all=1', `/containers/${A}/json`]);
    stop();
    for (const stream of seen.events) await once(stream, 'close');
    engines.close();
  });

  it('comes back when the daemon does', async () => {
    const containers: FakeContainer[] = [{ Id: A, name: 'web' }];
    const { engines, daemon, changed } = await follow(containers);
    await changed(() => names(engines, A)[0] === 'web');
    await daemon.stop();
    await changed(() => said(engines)?.status !== 'ok');
    containers.push({ Id: B, name: 'new' });
    await daemon.start();
    await changed(() => names(engines, B)[0] === 'new');
    expect(said(engines)?.status).toBe('ok');
    engines.close();
  });

  it('a flood of events is one question at a time, and then none', async () => {
    const { engines, seen, changed } = await follow([{ Id: A, name: 'web' }]);
    await changed(() => names(engines, A)[0] === 'web');
    const line = `${JSON.stringify({ Type: 'container', Action: 'start', Actor: { ID: A } })}\n`.repeat(1000);
    const before = seen.requests.length;
    for (const stream of seen.events) {
      const pour = () => {
        while (!stream.destroyed && stream.write(line));
      };
      stream.on('drain', pour);
      pour();
    }
    await changed(() => said(engines)?.status === 'dead');
    expect(said(engines)?.message).toContain('flood');
    expect(seen.requests.length - before).toBeLessThan(10);
    engines.close();
  });
});
