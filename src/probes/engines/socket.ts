import type { EngineFacts, EngineReport } from '../../model/engine-facts.ts';
import { type Api, BadAnswer, openApi } from './api-client.ts';
import { inspectedFacts, listedFacts } from './api-facts.ts';
import type { VersionAnswer } from './api-schema.ts';
import { isHashId } from './facts.ts';
import type { SocketPlace } from './socket-places.ts';
import { answered, failed, reportOf } from './socket-report.ts';

type Entry = { readonly listed: string; readonly facts: EngineFacts; readonly detailed: boolean };

/** One daemon's answers, kept by container id. */
export type Socket = {
  readonly api: Api;
  /** Facts and whether they are complete, from the last answers. */
  find(id: string): Entry | null;
  all(): readonly EngineFacts[];
  report(): EngineReport | null;
  /** The daemon did not keep up its event stream. */
  fail(error: unknown): void;
  /**
   * Asks for the list, and for the details of running containers not known yet or named in `dirty`. True when facts
   * changed. What it could not learn before the signal stays as it was.
   */
  refresh(signal: AbortSignal, dirty: ReadonlySet<string>): Promise<boolean>;
};

/** A daemon takes this many questions at once without being slowed for others. */
const QUESTIONS_AT_ONCE = 8;

export function openSocket(place: SocketPlace): Socket {
  const api = openApi(place.path);
  let entries = new Map<string, Entry>();
  let report: EngineReport | null = null;
  let version: VersionAnswer | null = null;

  const fail = (error: unknown) => {
    version = null;
    report = reportOf(place, failed(place, failureOf(error)));
  };

  async function refresh(signal: AbortSignal, dirty: ReadonlySet<string>): Promise<boolean> {
    let changed = false;
    try {
      version ??= await api.version(signal);
      const engine = engineOf(place, version);
      const fresh = new Map<string, Entry>();
      const questions: string[] = [];
      for (const container of await api.list(signal)) {
        if (!isHashId(container.Id)) continue;
        const facts = listedFacts(engine, container);
        const listed = JSON.stringify(facts);
        const known = entries.get(container.Id);
        const same = known?.listed === listed;
        changed ||= !same;
        const detailed = same && known.detailed && !dirty.has(container.Id);
        fresh.set(container.Id, { listed, facts: same ? known.facts : facts, detailed });
        if (!detailed && facts.status !== 'exited' && facts.status !== 'created') questions.push(container.Id);
      }
      changed ||= fresh.size !== entries.size;
      entries = fresh;
      report = reportOf(place, answered(engine, version.Version ?? null));
      const ask = async () => {
        for (let id = questions.pop(); id !== undefined; id = questions.pop()) {
          changed = learn(id, inspectedFacts(engine, await api.inspect(id, signal))) || changed;
        }
      };
      // One container that ended meanwhile, or that the daemon hangs on, takes nothing from the others.
      while (questions.length > 0 && !signal.aborted) {
        await Promise.allSettled(Array.from({ length: QUESTIONS_AT_ONCE }, ask));
      }
    } catch (error) {
      fail(signal.aborted ? signal.reason : error);
    }
    return changed;
  }

  const learn = (id: string, facts: EngineFacts): boolean => {
    const entry = entries.get(id);
    if (entry === undefined || facts.id !== id) return false;
    entries.set(id, { ...entry, facts, detailed: true });
    return JSON.stringify(facts) !== JSON.stringify(entry.facts);
  };

  return {
    api,
    find: (id) => entries.get(id) ?? null,
    all: () => Array.from(entries.values(), ({ facts }) => facts),
    report: () => report,
    fail,
    refresh,
  };
}

/** Podman serves Docker's API too, and often at Docker's address. */
function engineOf(place: SocketPlace, version: VersionAnswer): 'docker' | 'podman' {
  const names = (version.Components ?? []).map(({ Name }) => Name);
  if (names.length === 0) return place.engine === 'podman' ? 'podman' : 'docker';
  return names.some((name) => name.startsWith('Podman')) ? 'podman' : 'docker';
}

/** The reason that a signal of `refresh` and `follow` is given when time is up. */
export class Slow extends Error {}

function failureOf(error: unknown): { readonly code: string | null; readonly message: string } {
  if (error instanceof Slow) return { code: 'slow', message: error.message };
  if (error instanceof BadAnswer) return { code: null, message: error.message };
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
  return { code, message: code ?? (error instanceof Error ? error.message : 'no answer') };
}
