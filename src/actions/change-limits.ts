import type { ActionResult } from '../model/action.ts';
import type { Container } from '../model/document/container.ts';
import { containerLabel } from '../present/container-label.ts';
import { applyLive, keeps, type LiveResult, refusal } from '../runtime/cgroups/apply-live.ts';
import { cgroupFiles, writeRefusal } from '../runtime/cgroups/cgroup-files.ts';
import type { LiveWrite } from '../runtime/cgroups/live-change.ts';
import type { Resources } from '../runtime/cgroups/resources.ts';
import { restoreWrites } from '../runtime/cgroups/restore-live.ts';
import { limitingStrangers } from '../runtime/cgroups/strangers.ts';
import type { LimitHolder } from './limit-holder.ts';
import { changingWrites, kept, writeText } from './limit-results.ts';
import { updateRequest } from './limit-update.ts';
import { closedWay, failed, type Way } from './way.ts';

const UPDATE_MS = 15_000;

export type ChangeInput = {
  readonly verb: 'limit' | 'undo';
  readonly container: Container;
  readonly holder: LimitHolder;
  readonly command: string;
  readonly writes: readonly LiveWrite[];
  readonly resources: Resources;
  /** What is said of it once the files say so. */
  readonly done: (results: readonly LiveResult[]) => string;
};

/** Changes limits as planned, by the files or by the engine, and reads them back. */
export function changeWay(input: ChangeInput): Way {
  const { verb, container, holder, command, writes, resources, done } = input;
  const { daemon, asks } = holder;
  const name = containerLabel(container);
  const request = daemon === null ? null : updateRequest(daemon, container.id, resources);
  const closed = holder.closed ?? (typeof request === 'string' ? request : fileRefusal(input));
  if (closed !== null) {
    return closedWay(verb, command, closed);
  }
  const changing = changingWrites(writes);
  if (verb === 'limit' && daemon === null && changing.length === 0) {
    return closedWay(verb, command, 'it is so already');
  }
  const files = changing.map(writeText);
  const run = (): ActionResult => {
    const outcome = applyLive(cgroupFiles, changing);
    if (outcome.kind === 'changed') {
      return { ok: true, says: done(outcome.results) };
    }
    applyLive(cgroupFiles, restoreWrites(outcome.results));
    const { write, code, why } = outcome;
    return failed(verb, name, `${kept(write.value)} into ${write.file}: ${why} (${code})`);
  };
  if (daemon === null || request === null || typeof request === 'string') {
    return { verb, command, calls: files, asks, disabledReason: null, run: () => Promise.resolve(run()) };
  }
  const { method, path, body } = request;
  return {
    verb,
    command,
    calls: [`${method} ${path} on ${daemon.socket}`, JSON.stringify(body), ...files],
    asks,
    disabledReason: null,
    run: async () => {
      const before = writes.map(({ file }) => cgroupFiles.read(file));
      try {
        await daemon.change(request, UPDATE_MS);
      } catch (error) {
        return failed(verb, name, error instanceof Error ? error.message : String(error));
      }
      const results = writes.map((write, index): LiveResult => {
        return { write, before: before[index] ?? null, after: cgroupFiles.read(write.file) };
      });
      const says = done(results);
      const differs = results.find(({ write, after }) => !(write.optional && after === null) && !keeps(write, after));
      return differs === undefined
        ? { ok: true, says }
        : { ok: false, says: `${says}, and not ${kept(differs.write.value)}: ${daemon.engine} has it so` };
    },
  };
}

/** Why the files cannot be written; null: nothing speaks against it. */
function fileRefusal({ container, holder, writes, resources }: ChangeInput): string | null {
  if (holder.daemon !== null) {
    return null;
  }
  const strangers = holder.asks ? limitingStrangers(holder.places, resources, container) : null;
  const [refused] = writes.flatMap(({ file, optional }) => {
    const code = optional ? null : writeRefusal(file);
    return code === null ? [] : [`${file}: ${refusal({ file }, code)} (${code})`];
  });
  return strangers ?? refused ?? null;
}
