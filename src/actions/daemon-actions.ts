import type { ActionVerb } from '../model/action.ts';
import type { Container } from '../model/document/container.ts';
import { containerLabel } from '../present/container-label.ts';
import { shellWord } from '../present/shell-word.ts';
import type { ChangeRequest } from '../probes/engines/api-client.ts';
import type { Daemon } from '../probes/engines/sockets.ts';
import { done, failed, type Way } from './way.ts';

type DaemonVerb = Extract<ActionVerb, 'pause' | 'unpause' | 'stop' | 'kill' | 'remove'>;

type Call = {
  readonly request: (id: string) => ChangeRequest;
  /** Of the engine's own command line. */
  readonly words: string;
  readonly timeoutMs: number;
  readonly asks: boolean;
};

/** A container has its own time to stop, ten seconds by default. */
const STOP_MS = 60_000;
const QUICK_MS = 15_000;

/** https://docs.docker.com/engine/api/ "Containers"; Podman serves the same. */
const CALLS: { readonly [verb in DaemonVerb]: Call } = {
  pause: { request: post('pause'), words: 'pause', timeoutMs: QUICK_MS, asks: false },
  unpause: { request: post('unpause'), words: 'unpause', timeoutMs: QUICK_MS, asks: false },
  stop: { request: post('stop'), words: 'stop', timeoutMs: STOP_MS, asks: true },
  kill: { request: post('kill'), words: 'kill', timeoutMs: QUICK_MS, asks: true },
  remove: {
    request: (id) => ({ method: 'DELETE', path: `/containers/${id}?force=true` }),
    words: 'rm -f',
    timeoutMs: STOP_MS,
    asks: true,
  },
};

function post(verb: string): Call['request'] {
  return (id) => ({ method: 'POST', path: `/containers/${id}/${verb}` });
}

/** What the container's own engine does, asked over its socket by the container's whole id. */
export function daemonWays(container: Container, daemon: Daemon): readonly Way[] {
  const name = containerLabel(container);
  const verbs: readonly DaemonVerb[] = [container.status === 'paused' ? 'unpause' : 'pause', 'stop', 'kill', 'remove'];
  return verbs.map((verb): Way => {
    const { request, words, timeoutMs, asks } = CALLS[verb];
    const { method, path } = request(container.id);
    return {
      verb,
      command: `${clientOf(daemon)} ${words} ${nameOrId(container)}`,
      calls: [`${method} ${path} on ${daemon.socket}`],
      asks,
      disabledReason: null,
      run: async () => {
        try {
          const { changed } = await daemon.change({ method, path }, timeoutMs);
          return changed ? done(verb, name) : { ok: true, says: `${name} was so already` };
        } catch (error) {
          return failed(verb, name, error instanceof Error ? error.message : String(error));
        }
      },
    };
  });
}

/** The engine's command line where it speaks to this socket. */
export function clientOf({ engine, socket }: Pick<Daemon, 'engine' | 'socket'>): string {
  const usual = socket === (engine === 'podman' ? '/run/podman/podman.sock' : '/var/run/docker.sock');
  if (engine === 'podman') {
    return usual ? 'podman' : `podman --url ${shellWord(`unix://${socket}`)}`;
  }
  return usual ? 'docker' : `docker -H ${shellWord(`unix://${socket}`)}`;
}

/** Engines allow no other names; whoever answers with one may mean harm to a shell. */
export function nameOrId({ name, shortId }: Container): string {
  return name !== null && /^[a-zA-Z0-9][\w.-]*$/.test(name) ? name : shortId;
}
