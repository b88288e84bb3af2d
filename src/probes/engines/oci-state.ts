import type { EngineFacts } from '../../model/engine-facts.ts';
import { OCI_RUNTIMES } from '../../model/engine-places.ts';
import { mapReading, type Reading, valueOr } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import { readStat } from '../proc/stat.ts';
import { factsOfBundle } from './annotations.ts';
import { bareFacts, isPathComponent, timeOf } from './facts.ts';
import { listAt, numberAt, textAt } from './json.ts';
import { namesIn, readStateJson, versionOf } from './state-file.ts';

/** A container of runc(8), crun(1) or youki, as its state file tells it. `startTicks` proves whose pid it is. */
export type OciState = {
  readonly facts: EngineFacts;
  readonly pid: number;
  readonly startTicks: number | null;
  /** Where config.json is. */
  readonly bundle: string | null;
};

/** The names that a container's state file may have. */
const STATE_FILES = ['state.json', 'status'];

/** runc's `state.json` (libcontainer state), whose labels are `key=value` texts and hold the bundle. */
export function parseRuncState(state: unknown, source: string): OciState | null {
  const id = textAt(state, 'id');
  const pid = numberAt(state, 'init_process_pid');
  if (id === null || pid === null) return null;
  const bundle = listAt(state, 'config', 'labels').find(
    (label) => typeof label === 'string' && label.startsWith('bundle='),
  );
  return {
    facts: { ...bareFacts('oci', id, source), name: id, startedAt: timeOf(textAt(state, 'created')) },
    pid,
    startTicks: numberAt(state, 'init_process_start'),
    bundle: typeof bundle === 'string' ? bundle.slice('bundle='.length) : null,
  };
}

/** crun's `status`, and youki's `state.json`, which is the runtime-spec's state: their directory is the id. */
export function parseCrunStatus(state: unknown, id: string, source: string): OciState | null {
  const pid = numberAt(state, 'pid');
  if (pid === null) return null;
  return {
    facts: { ...bareFacts('oci', id, source), name: id, startedAt: timeOf(textAt(state, 'created')) },
    pid,
    startTicks: numberAt(state, 'process-start-time'),
    bundle: textAt(state, 'bundle'),
  };
}

/** All containers of the runtimes' roots below these run directories (`/run`, `/run/user/UID`). */
export function openOciStates(host: Host, runDirectories: readonly string[]) {
  const files = new Map<string, { readonly version: string; readonly state: OciState | null }>();
  const roots = new Set(runDirectories.flatMap((run) => OCI_RUNTIMES.map((runtime) => `${run}/${runtime}`)));

  const read = (path: string, id: string): OciState | null => {
    const version = versionOf(host, path);
    if (version === null) return null;
    const known = files.get(path);
    if (known?.version === version) return known.state;
    const value = valueOr(readStateJson(host, path), undefined);
    const state = withBundle(host, parseRuncState(value, path) ?? parseCrunStatus(value, id, path));
    files.set(path, { version, state });
    return state;
  };

  return {
    /** A root that a runtime was given with `--root`. */
    add(root: string): void {
      roots.add(root);
    },
    all(): readonly OciState[] {
      return [...roots].flatMap((root) =>
        namesIn(host, root)
          .filter(isPathComponent)
          .flatMap((id) => STATE_FILES.map((file) => read(`${root}/${id}/${file}`, id)))
          .filter((state) => state !== null),
      );
    },
  };
}

function withBundle(host: Host, state: OciState | null): OciState | null {
  if (state?.bundle?.startsWith('/') !== true) return state;
  const told: Reading<ReturnType<typeof factsOfBundle>> = mapReading(
    readStateJson(host, `${state.bundle}/config.json`),
    factsOfBundle,
  );
  if (told.status !== 'ok') return state;
  return { ...state, facts: { ...state.facts, ...told.value, name: told.value.name ?? state.facts.name } };
}

/** Whether the recorded init is still that process: pid numbers are used again, start times are not. */
export function isAlive(host: Host, state: OciState): boolean {
  const stat = readStat(host, state.pid);
  return stat.status === 'ok' && (state.startTicks === null || stat.value.startTicks === state.startTicks);
}
