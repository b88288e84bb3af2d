import type { CgroupJoin } from '../cgroup-spec.ts';
import type { ContainerSpec, ProcessSpec } from '../spec.ts';
import { type PlanDraft, step } from './draft.ts';
import type { Slot } from './step.ts';

/** The first step of every plan. */
export function planSealed(plan: PlanDraft): void {
  plan.add(
    'host',
    step(
      'security',
      'run from a sealed copy in memory that no container can change',
      'memfd_create, fcntl(F_ADD_SEALS), execveat',
      { kind: 'sealed' },
    ),
  );
}

export function planStreams(plan: PlanDraft, { tty, stdin }: ContainerSpec['terminal'], log: string | null): void {
  plan.add('host', step('process', 'open the streams of the command', 'pipe2', { kind: 'stdio', tty, stdin, log }));
}

/**
 * The group of version 2 to be born in; null where there is none. A process that moves itself into one waits ten
 * milliseconds for a lock; one born there does not.
 */
export function planBirthGroup(plan: PlanDraft, joins: readonly CgroupJoin[]): Slot | null {
  const unified = joins.find(({ version }) => version === 2);
  if (unified === undefined) return null;
  const slot = plan.slot();
  plan.add(
    'host',
    step('cgroup', 'open the group that the process will be born in', `open(${unified.directory})`, {
      kind: 'open-directory',
      slot,
      path: unified.directory,
    }),
  );
  return slot;
}

/** After the clone: lowering it takes rights that the child gives up. */
export function planOomScore(plan: PlanDraft, { oomScoreAdj }: ProcessSpec): void {
  if (oomScoreAdj === null) return;
  plan.add(
    'host',
    step(
      'process',
      'say how ready the kernel is to kill it when memory is short',
      `write(/proc/PID/oom_score_adj, ${oomScoreAdj})`,
      { kind: 'oom-score-adj', value: oomScoreAdj },
    ),
  );
}

/** The first step of every child. */
export function planLifeline(plan: PlanDraft): void {
  plan.add(
    'child',
    step('process', 'die when the helper dies', 'prctl(PR_SET_PDEATHSIG, SIGKILL)', { kind: 'lifeline' }),
  );
}
