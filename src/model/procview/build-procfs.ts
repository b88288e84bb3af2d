import type { Cgroup } from '../document/cgroup.ts';
import type { Problem } from '../document/problem.ts';
import type { Procfs, ProcfsFile } from '../document/procfs.ts';
import { problemOf } from '../problem.ts';
import { type Answer, answersOf, answerText, flagsOf, lxcfsAtHand, REMEMBERED } from './answers.ts';
import { type FactContext, factsOf } from './facts.ts';
import { type ViewFile, viewPath } from './input.ts';
import { differingLines } from './lines.ts';
import { programsOf } from './programs.ts';
import type { ProcfsSample } from './sample.ts';
import type { Lxcfs } from './view.ts';

export type BuiltProcfs = {
  readonly procfs: Procfs;
  readonly answers: readonly Answer[];
};

/**
 * The comparison as the document has it, and the texts it was made from; null where the container ended. `chosen`: null
 * for the lxcfs at hand.
 */
export function buildProcfs(
  sample: ProcfsSample,
  cgroup: Pick<Cgroup, 'cpu' | 'memory'> | null,
  chosen: Lxcfs | null,
): BuiltProcfs | null {
  if (sample.input.status !== 'ok') {
    return null;
  }
  const input = sample.input.value;
  const lxcfs = chosen ?? lxcfsAtHand(sample, input.version);
  const context: FactContext = { input, cgroup, release: lxcfs.release, affinity: sample.affinity };
  const answers = answersOf(sample, input, lxcfs);
  const seen = (file: ViewFile) => {
    const answer = answers.find((each) => each.file === file);
    return answer === undefined ? null : answerText(answer, 'seen');
  };
  const { lxcfs: mounted } = sample;
  const procfs: Procfs = {
    lxcfs: mounted === null ? 'absent' : 'mounted',
    daemon:
      mounted === null
        ? null
        : {
            state: mounted.stale ? 'stale' : 'active',
            release: mounted.release,
            flags: mounted.options === null ? null : flagsOf(mounted.options),
            pid: mounted.pid,
          },
    release: lxcfs.release,
    flags: flagsOf(lxcfs.options),
    files: answers.map((answer) => fileOf(answer, context)),
    programs: programsOf(seen, context),
  };
  return { procfs, answers };
}

function fileOf(answer: Answer, context: FactContext): ProcfsFile {
  const { file, cover, seen } = answer;
  const lines = differingLines(answer);
  const known = seen.status === 'ok';
  return {
    path: viewPath(file),
    cover,
    differs: known ? lines.some((line) => line.seen !== line.limits) : null,
    lines: [...lines],
    facts: factsOf(answer, context),
    problem: known ? emptied(answer) : unreadable(answer),
  };
}

/** Programs that find nothing in a file end, or take it for a broken /proc. */
function emptied({ limits, host }: Answer): string | null {
  return limits === '' && host !== null && host !== ''
    ? 'lxcfs would show an empty file: what it makes is longer than it expects, or it finds no cpuset or no memory in use'
    : null;
}

/** Why a file cannot be read inside, in words; null where it is simply not there. */
export function unreadable({ seen, file }: Answer): string | null {
  if (seen.status === 'ok' || seen.status === 'gone') {
    return null;
  }
  if (seen.status === 'unsupported' && seen.code === 'ENOTCONN') {
    return 'lxcfs was restarted or has ended, and its old mounts are left: Transport endpoint is not connected (ENOTCONN)';
  }
  if (seen.status === 'unsupported' && seen.code === REMEMBERED) {
    return 'it answers by what it remembers of this container, which only processes inside can ask for';
  }
  if (seen.status === 'unsupported' && seen.code === 'EBADFD') {
    return 'hidden: a device is mounted over it';
  }
  if (seen.status === 'unsupported' && seen.code === 'FUSE') {
    return 'hidden: a FUSE mount answers for it that is not the host’s lxcfs, or is left of one that has ended; nothing is asked of it';
  }
  const problem = problemOf(seen, viewPath(file));
  return problem === null ? null : `${problem.message} (${problem.code})`;
}

/** What could not be read of the host, where that leaves something open. */
export function procfsProblems({ input, unread }: ProcfsSample): readonly Problem[] {
  const failures = unread.flatMap(({ file, failure }) => {
    const problem = failure.status === 'denied' ? problemOf(failure, viewPath(file)) : null;
    return problem === null ? [] : [problem];
  });
  const whole = input.status === 'ok' ? null : problemOf(input, '/proc/PID/cgroup');
  return whole === null ? failures : [...failures, whole];
}
