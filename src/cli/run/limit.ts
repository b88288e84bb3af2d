import { printable } from '../../present/printable.ts';
import { releaseCommands } from '../../present/release-commands.ts';
import { applyLive, type LiveResult } from '../../runtime/cgroups/apply-live.ts';
import { cgroupFiles } from '../../runtime/cgroups/cgroup-files.ts';
import { LEAST_PERIOD_US, MOST_PERIOD_US } from '../../runtime/cgroups/check-resources.ts';
import { readHostCapacity } from '../../runtime/cgroups/host-capacity.ts';
import { keyOfFlag, limitForm } from '../../runtime/cgroups/limit-fields.ts';
import { type GroupPlaces, type LiveWrite, parseLimit } from '../../runtime/cgroups/live-change.ts';
import { planLimits } from '../../runtime/cgroups/plan-limits.ts';
import { neededControllers, type Resources } from '../../runtime/cgroups/resources.ts';
import { limitProcess, plannedRelease, releaseProcess } from '../../runtime/lifecycle/limit-process.ts';
import type { ProcessMove } from '../../runtime/lifecycle/plan-process-move.ts';
import { processRef } from '../../runtime/state/process-ref.ts';
import type { Store } from '../../runtime/state/store.ts';
import { openStandardOutput, type StandardOutput, writeStandardError } from '../../standard-streams.ts';
import { requestFailed, wrongUsage } from '../failure.ts';
import { type Flags, misuse } from '../flags.ts';
import { askedResources } from './asked-resources.ts';
import { type LimitTarget, limitTarget } from './limit-target.ts';
import { limitFlags } from './run-flags.ts';
import type { RuntimeVerb } from './runtime-verb.ts';

export const limit: RuntimeVerb = {
  usage: '[options] REF',
  flags: [
    ...limitFlags,
    { long: '--release', says: 'take a process out of the group that limit made for it' },
    { long: '--explain', says: 'print what a person would type for it, and do it' },
  ],
  untilOperand: false,
  changes: true,
  failure: 1,
  run: async ({ flags, operands, store, globals }) => {
    const [ref, ...more] = operands;
    if (ref === undefined || more.length > 0) {
      throw misuse('limit', 'it takes one container or pid:N');
    }
    if (ref.startsWith('pid:') && !PROCESS.test(ref)) {
      throw wrongUsage('limit', `'${ref}' is no process`, 'Give its number, as in pid:12002.');
    }
    const asked = askedResources('limit', flags);
    if (flags.has('--release')) {
      await release(store, ref, flags.has('--explain'));
      return 0;
    }
    if (neededControllers(asked).size === 0) {
      throw nothingAsked(flags);
    }
    const target = await limitTarget(store, ref, globals, asked);
    const output = openStandardOutput();
    if (target.ofEngine !== null) {
      const { limitByEngine } = await import('./engine-limit.ts');
      const given = limitFlags.flatMap(({ long }) => flags.all(long).flatMap((value) => [long, value]));
      const { command, says } = await limitByEngine(target.ofEngine, asked, given, globals, changedLines);
      output.write(flags.has('--explain') ? `${printable(command)}\n${says}` : says);
      return 0;
    }
    const writes = planned(asked, target.places);
    if (flags.has('--explain')) {
      output.write(commandLines(target.move, writes));
    }
    return applyTo(target, writes, store, output);
  },
};

const PROCESS = /^pid:\d{1,10}$/;

/** Docker's 0 is no limit given, which for a change is nothing to do: what the flag takes instead. */
function nothingAsked(flags: Flags): Error {
  const given = limitFlags.find(({ long }) => flags.one(long) !== null)?.long;
  return given === undefined
    ? misuse('limit', 'no limit was given')
    : wrongUsage('limit', `${given} ${flags.one(given)} changes nothing`, `Here it takes ${rangeOf(given)}.`);
}

function rangeOf(flag: string): string {
  if (flag === '--cpu-period') {
    return `${LEAST_PERIOD_US} to ${MOST_PERIOD_US} microseconds`;
  }
  const key = keyOfFlag(flag);
  if (key === null) {
    throw new Error(`${flag} asks for no limit`);
  }
  return limitForm(key, { v1: {}, v2: null, unified: false }, readHostCapacity(), cgroupFiles.read).allowed;
}

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
    output.write(outcome.kind === 'changed' ? changedLines(name, outcome.results) : linesOf(outcome.results));
  }
  if (outcome.kind === 'refused') {
    const { write, code, why } = outcome;
    writeStandardError(`nsview: ${printable(`${name}: ${write.value} into ${write.file}`)}: ${why} (${code})\n`);
    return 1;
  }
  return 0;
}

async function release(store: Store, ref: string, explain: boolean): Promise<void> {
  if (!PROCESS.test(ref)) {
    throw requestFailed(
      ref,
      'only a process can be released from a group that limit made for it',
      'Give its number, as in pid:12002.',
    );
  }
  const process = processRef(Number(ref.slice('pid:'.length)));
  if (process === null) {
    throw requestFailed(ref, 'there is no such process', "Groups of those that ended go with 'nsview gc'.");
  }
  const moved = plannedRelease(store, process);
  const output = openStandardOutput();
  if (explain) {
    const lines = releaseCommands(process.pid, moved).map((line) => `${printable(line)}\n`);
    output.write(lines.join(''));
  }
  await releaseProcess(store, process);
  const back = new Set(Object.values(moved));
  output.write(`${printable(`${ref}: back in ${[...back].join(', ')}`)}\n`);
}

function changedLines(name: string, results: readonly LiveResult[]): string {
  return linesOf(results) || `${printable(name)}: it was so already\n`;
}

/** Of what changed: what the kernel keeps now, and kept before. */
function linesOf(results: readonly LiveResult[]): string {
  return results
    .filter(({ before, after }) => before !== after)
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
