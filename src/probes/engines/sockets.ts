import type { EngineFacts, EngineReport } from '../../model/engine-facts.ts';
import type { Host } from '../host.ts';
import type { ChangeRequest } from './api-client.ts';
import type { EngineChoice } from './choice.ts';
import type { Socket } from './socket.ts';
import { findSockets, type SocketEnvironment, type SocketPlace, type SocketPlaces } from './socket-places.ts';
import { absent, containerdFound, reportOf } from './socket-report.ts';

type Client = {
  readonly openSocket: (place: SocketPlace) => Socket;
  readonly followSocket: (socket: Socket, onChange: () => void) => () => void;
  readonly deadline: (ms: number, other: AbortSignal) => { readonly signal: AbortSignal; now(): void };
};

const LOOK_AGAIN_MS = 5_000;

/** The daemon that runs one container. */
export type Daemon = {
  readonly engine: EngineFacts['engine'];
  readonly socket: string;
  readonly cpusGivenAs: EngineFacts['cpusGivenAs'];
  /** Asks it to change something, at most for this long; throws what it says against it. */
  change(request: ChangeRequest, timeoutMs: number): Promise<{ readonly changed: boolean }>;
};

/** All sockets of this host together. The client and its libraries are loaded when a socket is there to be asked. */
export type Sockets = {
  /** `sure`: complete, and from an engine whose word counts for every container. */
  find(id: string): { readonly facts: EngineFacts; readonly sure: boolean } | null;
  /** Who has this container, by its whole id; null where nobody said so. The system's daemons go before users'. */
  daemonOf(id: string): Daemon | null;
  all(): readonly EngineFacts[];
  reports(): readonly EngineReport[];
  refresh(timeoutMs: number): Promise<void>;
  follow(onChange: () => void): () => void;
  readonly named: boolean;
  close(): void;
};

export function openSockets(host: Host, choice: EngineChoice, environment: SocketEnvironment): Sockets {
  const { places, unsupported } = chosenPlaces(host, choice, environment);
  const asked = places.filter(({ engine }) => engine !== 'containerd');
  const sockets = new Map<SocketPlace, Socket>();
  const closing = new AbortController();
  const stops = new Set<() => void>();
  let loading: Promise<Client> | null = null;

  const load = () => {
    loading ??= loadClient();
    return loading;
  };
  const socketAt = (client: Client, place: SocketPlace): Socket => {
    const socket = sockets.get(place) ?? client.openSocket(place);
    sockets.set(place, socket);
    return socket;
  };
  const isThere = (place: SocketPlace) => host.stat(place.path, 'unsupported').status !== 'unsupported';

  return {
    named: asked.some(({ named }) => named),
    find(id) {
      let rest: EngineFacts | null = null;
      for (const [place, socket] of sockets) {
        const entry = socket.find(id);
        if (entry === null) continue;
        if (entry.detailed && !place.rootless) return { facts: entry.facts, sure: true };
        rest ??= entry.facts;
      }
      return rest === null ? null : { facts: rest, sure: false };
    },
    daemonOf(id) {
      const knowing = [...sockets].filter(([, socket]) => socket.find(id) !== null);
      const [place, socket] = knowing.find(([{ rootless }]) => !rootless) ?? knowing[0] ?? [];
      const facts = socket?.find(id)?.facts;
      if (place === undefined || socket === undefined || facts === undefined) return null;
      return {
        engine: facts.engine,
        socket: place.path,
        cpusGivenAs: facts.cpusGivenAs,
        async change(request, timeoutMs) {
          const { deadline } = await load();
          const end = deadline(timeoutMs, closing.signal);
          return await socket.api.change(request, end.signal).finally(end.now);
        },
      };
    },
    all: () => [...sockets.values()].flatMap((socket) => socket.all()),
    reports() {
      const present = places.filter(isThere);
      const engines = new Set(present.map(({ engine }) => engine));
      return [
        ...unsupported,
        ...places.flatMap((place): EngineReport[] => {
          if (present.includes(place)) {
            if (place.engine === 'containerd') return [reportOf(place, containerdFound)];
            const report = sockets.get(place)?.report() ?? null;
            return report === null ? [] : [report];
          }
          // Of the usual places, one word is enough for an engine that has none.
          const worthAWord = place.named || (!engines.has(place.engine) && place.engine !== 'containerd');
          engines.add(place.engine);
          return worthAWord ? [reportOf(place, absent(place))] : [];
        }),
      ];
    },
    async refresh(timeoutMs) {
      const present = asked.filter(isThere);
      if (present.length === 0 || closing.signal.aborted) return;
      const client = await load();
      const end = client.deadline(timeoutMs, closing.signal);
      await Promise.all(present.map((place) => socketAt(client, place).refresh(end.signal, new Set())));
      end.now();
    },
    follow(onChange) {
      let stopped = false;
      const own = new Set<() => void>();
      const stop = () => {
        stopped = true;
        stops.delete(stop);
        for (const end of own) end();
      };
      stops.add(stop);
      const start = async (place: SocketPlace) => {
        const client = await load();
        if (!stopped) own.add(client.followSocket(socketAt(client, place), onChange));
      };
      const waiting = new Set(asked);
      const look = () => {
        for (const place of [...waiting].filter(isThere)) {
          waiting.delete(place);
          void start(place);
        }
      };
      // An engine may be installed or started while it is looked at.
      const timer = setInterval(look, LOOK_AGAIN_MS).unref();
      own.add(() => clearInterval(timer));
      look();
      return stop;
    },
    close() {
      closing.abort(new Error('closed'));
      for (const stop of [...stops]) stop();
    },
  };
}

async function loadClient(): Promise<Client> {
  const [{ openSocket }, { followSocket, deadline }] = await Promise.all([
    import('./socket.ts'),
    import('./socket-follow.ts'),
  ]);
  return { openSocket, followSocket, deadline };
}

function chosenPlaces(host: Host, choice: EngineChoice, environment: SocketEnvironment): SocketPlaces {
  if (choice.kind === 'sockets') {
    return { places: choice.sockets.map((socket) => ({ ...socket, named: true, rootless: false })), unsupported: [] };
  }
  return choice.kind === 'auto' && host.live ? findSockets(host, environment) : { places: [], unsupported: [] };
}
