import { BadAnswer, changedContainer, linesOfStream } from './api-client.ts';
import { Slow, type Socket } from './socket.ts';

/** How long a daemon may take for one round of answers while it is followed; nobody waits for it. */
const ROUND_MS = 5_000;
/** Events come in bursts: one round answers for all that came within this time. */
const GATHER_MS = 100;
const BETWEEN_ROUNDS_MS = 500;
/** More events than this in one burst, and all containers are asked for again without reading each event. */
const BURST = 1_000;
/** More than this is no daemon's doing. */
const FLOOD = 50_000;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 15_000;

/**
 * Follows `/events` of one daemon and learns what changed; when the daemon goes away, asks for it again ever more
 * rarely. Nothing here keeps the process alive. Returns the stop.
 */
export function followSocket(socket: Socket, onChange: () => void): () => void {
  const stopping = new AbortController();
  const { signal } = stopping;

  async function round(dirty: ReadonlySet<string>): Promise<void> {
    const end = deadline(ROUND_MS, signal);
    const before = socket.report();
    const changed = await socket.refresh(end.signal, dirty).finally(end.now);
    if (!signal.aborted && (changed || before?.status !== socket.report()?.status)) onChange();
  }

  /** Until the stream ends, which it says by throwing or returning. */
  async function listen(): Promise<void> {
    const connection = deadline(ROUND_MS, signal);
    const stream = await socket.api.events(connection.signal).catch((error: unknown) => {
      connection.now();
      throw error;
    });
    // From here the stream may be silent for days.
    connection.never();
    stream.socket.unref();
    let dirty = new Set<string>();
    let lines = 0;
    let rounds = round(dirty);
    let waiting = false;
    const gather = () => {
      if (waiting) return;
      waiting = true;
      rounds = rounds
        .then(() => pause(GATHER_MS, signal))
        .then(() => {
          const asked = lines > BURST ? new Set(socket.all().map(({ id }) => id)) : dirty;
          waiting = false;
          lines = 0;
          dirty = new Set();
          return round(asked);
        })
        .then(() => pause(BETWEEN_ROUNDS_MS, signal));
    };
    for await (const line of linesOfStream(stream)) {
      if (signal.aborted) return;
      lines += 1;
      if (lines > FLOOD) throw new BadAnswer('a flood of events');
      const id = lines > BURST ? null : changedContainer(line);
      if (id === null && lines <= BURST) continue;
      if (id !== null) dirty.add(id);
      gather();
    }
  }

  async function run(): Promise<void> {
    let waitMs = FIRST_RETRY_MS;
    while (!signal.aborted) {
      const started = performance.now();
      const before = socket.report()?.status;
      const error = await listen().then(
        () => new BadAnswer('the event stream ended'),
        (reason: unknown) => reason,
      );
      if (signal.aborted) return;
      socket.fail(error);
      if (socket.report()?.status !== before) onChange();
      if (performance.now() - started > LAST_RETRY_MS) waitMs = FIRST_RETRY_MS;
      await pause(waitMs, signal);
      waitMs = Math.min(waitMs * 2, LAST_RETRY_MS);
    }
  }

  void run();
  return () => stopping.abort(new Error('stopped'));
}

/**
 * A signal that says `Slow` after this time, or what the other signal says. `now` ends at once what is still open;
 * `never` takes the time back. What it bounds is an open socket, which keeps the process alive by itself.
 */
export function deadline(ms: number, other: AbortSignal) {
  const slow = new AbortController();
  const expire = () => slow.abort(new Slow(`no answer within ${ms} ms`));
  const timer = setTimeout(expire, ms).unref();
  const never = () => clearTimeout(timer);
  return {
    signal: AbortSignal.any([slow.signal, other]),
    never,
    now: () => {
      never();
      expire();
    },
  };
}

/** Waits without keeping the process alive; a stop ends the wait. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms).unref();
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
  });
}
