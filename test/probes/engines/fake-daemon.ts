import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createRawServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export type FakeDaemon = {
  readonly path: string;
  /** Ends the daemon and all its connections; its socket stays, as after a crash. */
  stop(): Promise<void>;
  start(): Promise<void>;
};

/** A server of bytes on a unix socket of its own. */
export function startRaw(onConnection: (socket: Socket) => void): Promise<FakeDaemon> {
  return startServer(() => createRawServer(onConnection));
}

/** A server of HTTP on a unix socket of its own. */
export function startHttp(onRequest: RequestListener): Promise<FakeDaemon> {
  return startServer(() => createServer(onRequest));
}

async function startServer(make: () => Server): Promise<FakeDaemon> {
  const directory = mkdtempSync(join(tmpdir(), 'nsview-fake-'));
  const path = join(directory, 'engine.sock');
  const connections = new Set<Socket>();
  let server: Server | null = null;
  const daemon: FakeDaemon = {
    path,
    start: () =>
      new Promise((resolve) => {
        rmSync(path, { force: true });
        server = make();
        server.on('connection', (socket: Socket) => {
          connections.add(socket);
          socket.on('error', () => {}).on('close', () => connections.delete(socket));
        });
        server.listen(path, resolve);
      }),
    stop: () =>
      new Promise((resolve) => {
        for (const socket of connections) socket.destroy();
        if (server === null) resolve();
        else server.close(() => resolve());
        server = null;
      }),
  };
  await daemon.start();
  onTestFinished(async () => {
    await daemon.stop();
    rmSync(directory, { recursive: true });
  });
  return daemon;
}

export type FakeContainer = { readonly Id: string; readonly name: string; readonly restart?: string };

/** Answers as Docker does for these containers; `hangs` are the ids whose details never come. */
export function dockerAnswers(
  containers: () => readonly FakeContainer[],
  seen: { events: Set<ServerResponse>; requests: string[]; hangs?: ReadonlySet<string> },
): RequestListener {
  return (request, response) => {
    const url = request.url ?? '';
    seen.requests.push(url);
    const send = (value: unknown) => response.end(JSON.stringify(value));
    const id = /^\/containers\/([0-9a-f]{64})\/json$/.exec(url)?.[1];
    if (url === '/version') send({ Version: '99.1', Components: [{ Name: 'Engine' }] });
    else if (url.startsWith('/containers/json')) send(containers().map(listed));
    else if (url.startsWith('/events')) {
      response.flushHeaders();
      seen.events.add(response);
      response.on('close', () => seen.events.delete(response));
    } else if (id !== undefined && seen.hangs?.has(id) !== true) {
      const container = containers().find(({ Id }) => Id === id);
      if (container === undefined) response.writeHead(404);
      send(container === undefined ? { message: 'no such container' } : inspected(container));
    }
  };
}

function listed({ Id, name }: FakeContainer) {
  return { Id, Names: [`/${name}`], Image: 'img', State: 'running', Labels: null, Ports: [], Mounts: [] };
}

function inspected({ Id, name, restart }: FakeContainer) {
  return {
    Id,
    Name: `/${name}`,
    State: { Status: 'running', StartedAt: '2026-01-02T03:04:05Z' },
    Config: { Image: 'img', Labels: { a: 'b' } },
    HostConfig: { Privileged: false, RestartPolicy: { Name: restart ?? 'no', MaximumRetryCount: 0 } },
    Mounts: [],
    NetworkSettings: { Ports: {} },
  };
}
