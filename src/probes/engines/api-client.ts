import type { IncomingMessage, RequestOptions } from 'node:http';
import { connect, type Socket } from 'node:net';
import Docker from 'dockerode';
import type { z } from 'zod';
import { errorAnswer, eventAnswer, inspectAnswer, listAnswer, versionAnswer } from './api-schema.ts';
import { parseJson } from './json.ts';

const MIB = 1 << 20;
const LIMIT = { version: MIB, list: 16 * MIB, inspect: 4 * MIB, event: MIB, change: MIB };

/** Answers whose body is read here, bounded; any other would be collected without a limit. */
const STATUS_CODES = Object.fromEntries(
  [200, 201, 204, 301, 304, 400, 401, 403, 404, 409, 500, 502, 503].map((code) => [code, true]),
);

/** What a socket says that is no answer of the API: garbage, an error, too much. */
export class BadAnswer extends Error {}

/** What a container is asked to do. `/containers/ID/stop` and the like, with a query or without. */
export type ChangeRequest = {
  readonly method: 'POST' | 'DELETE';
  readonly path: string;
  /** Sent as JSON. */
  readonly body?: object;
};

/** The few things that are asked of a Docker or Podman socket. Every one ends when its signal says so. */
export function openApi(socketPath: string) {
  const { modem } = openDocker(socketPath);

  async function get<T>(path: string, limit: number, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
    const answer = await dial(modem, 'GET', path, signal);
    const text = await bodyOf(answer, limit);
    if (answer.statusCode !== 200) throw new BadAnswer(`HTTP ${answer.statusCode}`);
    return parse(schema, text);
  }

  return {
    version: (signal: AbortSignal) => get('/version', LIMIT.version, versionAnswer, signal),
    list: (signal: AbortSignal) => get('/containers/json?all=1&', LIMIT.list, listAnswer, signal),
    inspect: (id: string, signal: AbortSignal) => get(`/containers/${id}/json`, LIMIT.inspect, inspectAnswer, signal),
    /** The open stream of what happens to containers, once the daemon has taken the request. */
    async events(signal: AbortSignal): Promise<IncomingMessage> {
      const filters = encodeURIComponent(JSON.stringify({ type: ['container'] }));
      const answer = await dial(modem, 'GET', `/events?filters=${filters}&`, signal);
      if (answer.statusCode === 200) return answer;
      answer.destroy();
      throw new BadAnswer(`HTTP ${answer.statusCode}`);
    },
    /** Changes a container. `changed` false: it was so already. Throws what the daemon says against it. */
    async change({ method, path, body }: ChangeRequest, signal: AbortSignal): Promise<{ readonly changed: boolean }> {
      // The client takes a mark of its own off the end.
      const answer = await dial(modem, method, path.includes('?') ? `${path}&` : path, signal, body);
      const text = await bodyOf(answer, LIMIT.change);
      const status = answer.statusCode ?? 0;
      if (status === 304 || (status >= 200 && status < 300)) return { changed: status !== 304 };
      const told = errorAnswer.safeParse(parseJson(text));
      throw new BadAnswer(`${told.success ? told.data.message : 'it refuses'} (HTTP ${status})`);
    },
  };
}

export type Api = ReturnType<typeof openApi>;

/** An event's container, or null where it changes nothing that is shown (`exec_start`, `health_status`, `top`). */
export function changedContainer(line: string): string | null {
  const event = eventAnswer.safeParse(parseJson(line));
  if (!event.success || (event.data.Type ?? 'container') !== 'container') return null;
  const action = event.data.Action ?? event.data.status ?? '';
  return CHANGES.has(action) ? (event.data.Actor?.ID ?? event.data.id ?? null) : null;
}

const CHANGES = new Set(
  'create start restart pause unpause rename update die died stop kill oom destroy remove cleanup init mount'.split(
    ' ',
  ),
);

/** Lines of a stream, each at most `LIMIT.event` long. Ends, or throws what broke it. */
export async function* linesOfStream(stream: IncomingMessage): AsyncGenerator<string> {
  stream.setEncoding('utf8');
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LIMIT.event) throw new BadAnswer('an event without an end');
    yield* lines;
  }
}

type Modem = Docker['modem'];

/** The constructor reads DOCKER_HOST even when it is given a socket, and throws when that is not to its liking. */
function openDocker(socketPath: string): Docker {
  const given = process.env['DOCKER_HOST'];
  process.env['DOCKER_HOST'] = 'unix:///';
  try {
    const docker = new Docker({ socketPath });
    const request: unknown = Reflect.get(docker.modem, 'buildRequest');
    if (typeof request !== 'function') throw new Error('docker-modem has no buildRequest');
    Reflect.set(docker.modem, 'buildRequest', (options: RequestOptions, ...rest: readonly unknown[]) => {
      const createConnection = () => connectUntil(socketPath, options.signal);
      // A redirect would be followed to any host on the network, and its errors be caught by nobody.
      Reflect.apply(request, docker.modem, [{ ...options, createConnection, maxRedirects: 0 }, ...rest]);
    });
    return docker;
  } finally {
    if (given === undefined) delete process.env['DOCKER_HOST'];
    else process.env['DOCKER_HOST'] = given;
  }
}

/** A connection of its own for each request, so that its end, however the request failed, is in our hands. */
function connectUntil(socketPath: string, signal: AbortSignal | undefined): Socket {
  const socket = connect(socketPath);
  const end = () => socket.destroy();
  signal?.addEventListener('abort', end);
  return socket.once('close', () => signal?.removeEventListener('abort', end));
}

function dial(
  modem: Modem,
  method: 'GET' | ChangeRequest['method'],
  path: string,
  abortSignal: AbortSignal,
  body?: object,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(abortSignal.reason);
    if (abortSignal.aborted) {
      stop();
      return;
    }
    abortSignal.addEventListener('abort', stop, { once: true });
    const options = {
      path,
      method,
      isStream: true,
      statusCodes: STATUS_CODES,
      abortSignal,
      ...(body && { options: { _body: body } }),
    };
    modem.dial(options, (error: unknown, answer: unknown) => {
      abortSignal.removeEventListener('abort', stop);
      if (!isStream(answer)) {
        reject(error instanceof Error && 'code' in error ? error : new BadAnswer('a status of its own'));
        return;
      }
      // Until its reader is there, a break must not be an uncaught error.
      answer.on('error', () => {});
      resolve(answer);
    });
  });
}

function isStream(answer: unknown): answer is IncomingMessage {
  return typeof answer === 'object' && answer !== null && 'statusCode' in answer;
}

async function bodyOf(answer: IncomingMessage, limit: number): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer) {
    const bytes = Buffer.from(chunk);
    length += bytes.length;
    if (length > limit) {
      answer.destroy();
      throw new BadAnswer(`an answer of more than ${limit / MIB} MiB`);
    }
    chunks.push(bytes);
  }
  return Buffer.concat(chunks).toString();
}

function parse<T>(schema: z.ZodType<T>, text: string): T {
  const answer = schema.safeParse(parseJson(text));
  if (answer.success) return answer.data;
  const [issue] = answer.error.issues;
  throw new BadAnswer(`unexpected JSON at "${issue?.path.join('.') ?? ''}"`);
}
