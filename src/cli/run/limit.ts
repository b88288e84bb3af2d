import { printable } from '../../present/printable.ts';
import { applyLive, type LiveOutcome } from '../../runtime/cgroups/apply-live.ts';
import { cgroupFiles } from '../../runtime/cgroups/cgroup-files.ts';
import { readHostCapacity } from '../../runtime/cgroups/host-capacity.ts';
import { type GroupPlaces, type LiveWrite, parseLimit } from '../../runtime/cgroups/live-change.ts';
import { planLimits } from '../../runtime/cgroups/plan-limits.ts';
import { neededControllers, type Resources } from '../../runtime/cgroups/resources.ts';
import { limitProcess, plannedRelease, releaseProcess } from '../../runtime/lifecycle/limit-process.ts';
import type { ProcessMove } from '../../runtime/lifecycle/plan-process-move.ts';
import { processRef } from '../../runtime/state/process-ref.ts';
import type { Store } from '../../runtime/state/store.ts';
import { openStandardOutput, type StandardOutput, writeStandardError } from '../../standard-streams.ts';
import { requestFailed } from '../failure.ts';
import { misuse } from '../flags.ts';
import { askedResources } from './asked-resources.ts';
import { type LimitTarget, limitTarget } from './limit-target.ts';
import { limitFlags } from './run-flags.ts';
import type { RuntimeVerb } from './runtime-verb.ts';

export const limit: RuntimeVerb = {
  usage: '[options] REF',
  flags: [
    ...limitFlags,
    { long: '--release', says: 'take a process out of the group that limit made for it' },
    { long: '--explain', says: 'print what a person would type for it' },
  ],
  untilOperand: false,
  changes: true,
  failure: 1,
  run: async ({ flags, operands, store, globals }) => {
    const [ref, ...more] = operands;
    if (ref === undefined || more.length > 0) {
      throw misuse('limit', 'it takes one container or pid:N');
    }
    const asked = askedResources('limit', flags);
    if (flags.has('--release')) {
      await release(store, ref, flags.has('--explain'));
      return 0;
    }
    if (neededControllers(asked).size === 0) {
      throw misuse('limit', 'no limit was given');
    }
    const target = await limitTarget(store, ref, globals, asked);
    const writes = planned(asked, target.places);
    const output = openStandardOutput();
    if (flags.has('--explain')) {
      output.write(commandLines(target.move, writes));
    }
    return applyTo(target, writes, store, output);
  },
};

function planned(asked: Resources, places: GroupPlaces): readonly LiveWrite[] {
  const plan = planLimits(asked, places, readHostCapacity(), cgroupFiles.read);
  if (plan.kind === 'problem') {
    throw requestFailed(plan.problem.flag, plan.problem.why);
  }
  return plan.writes;
}

async function applyTo(
  { name, process, move }: LimitTarget,
  writes: readonly LiveWrite[],
  store: Store,
  output: StandardOutput,
): Promise<number> {
  const outcome =
    move === null || process === null
      ? applyLive(cgroupFiles, writes)
      : await limitProcess(store, process, move, writes);
  if (outcome.kind === 'changed' || move === null) {
    output.write(changedLines(outcome));
  }
  if (outcome.kind === 'refused') {
    const { write, code, why } = outcome;
    writeStandardError(`nsview: ${printable(`${name}: ${write.value} into ${write.file}`)}: ${why} (${code})\n`);
    return 1;
  }
  return 0;
}

async function release(store: Store, ref: string, explain: boolean): Promise<void> {
  const pid = /^pid:(\d{1,10})$/.exec(ref)?.[1];
  const process = pid === undefined ? null : processRef(Number(pid));
  if (process === null) {
    throw requestFailed(ref, 'only a process, pid:N, can be released from a group that limit made for it');
  }
  if (explain) {
    const lines = Object.entries(plannedRelease(store, process)).flatMap(([group, was]) => [
      `echo '${process.pid}' > ${was}/cgroup.procs\n`,
      `rmdir ${group}\n`,
    ]);
    openStandardOutput().write(lines.join(''));
  }
  await releaseProcess(store, process);
}

/** What the kernel keeps now, and kept before. */
function changedLines({ results }: LiveOutcome): string {
  return results
    .map(({ write, before, after }) => `${printable(write.file)}: ${kept(before)} -> ${kept(after)}\n`)
    .join('');
}

/** v1 writes "no limit" as -1 or as a huge number. */
function kept(text: string | null): string {
  if (text === null) {
    return '?';
  }
  return parseLimit(text) === 'max' ? 'max' : text.trim().replaceAll('\n', ', ') || '(none)';
}

function commandLines(move: ProcessMove | null, writes: readonly LiveWrite[]): string {
  const echo = ({ file, value }: { readonly file: string; readonly value: string }) => `echo '${value}' > ${file}\n`;
  return [
    ...(move?.groups.map((group) => `mkdir -p ${group}\n`) ?? []),
    ...(move?.fills.map(echo) ?? []),
    ...writes.map(echo),
    ...(move?.joins.map(echo) ?? []),
  ].join('');
}
