import { type ListedUnion, listUnion } from '../../model/layers/list-union.ts';
import { twoBranches } from '../../model/layers/two-branches.ts';
import { finish } from '../../model/steps.ts';
import { openBranches } from '../../probes/layers/open-branches.ts';
import { openHost } from '../../probes/open-host.ts';
import { placesOfUnion, type UnionSpec } from '../../runtime/plan/plan-union.ts';
import { checkUnion } from '../../runtime/union/check-union.ts';
import { type MountedUnion, mountUnion } from '../../runtime/union/mount-union.ts';
import { isInteractive } from '../../standard-streams.ts';
import { followSignals, stopJob } from '../../ui/terminal/signals.ts';
import { requestFailed } from '../failure.ts';
import { misuse } from '../flags.ts';
import { type Output, openOutput } from '../output.ts';
import { isTold } from './runtime-failure.ts';
import type { RuntimeContext } from './runtime-verb.ts';
import { standThere, tellLesson } from './union-lesson.ts';
import { showLive } from './union-live.ts';

/** A union that is mounted, and what is in it. */
export type ShownUnion = {
  readonly below: string;
  readonly above: string;
  readonly spec: UnionSpec;
  readonly mounted: MountedUnion;
  readonly list: (most: number) => ListedUnion;
};

/** What gives the terminal back, and takes it again: around a stop, and `leave` at every end. */
export type Job = { leave: () => void; enter: () => void; readonly suspend: () => void };

/** Mounts the union of two directories, shows it, and takes it away. Resolves to the exit status. */
export async function runUnion({ operands, flags, globals }: RuntimeContext): Promise<number> {
  const [below, above, ...more] = operands;
  if (below === undefined || above === undefined || more.length > 0) {
    throw misuse('union', 'it takes two directories, the lower one first');
  }
  for (const flag of ['--proc', '--sys']) {
    if (globals.has(flag)) {
      throw requestFailed('union', `it acts on this host, and ${flag} shows another`);
    }
  }
  const output = openOutput(!globals.has('--no-color'));
  let status = 0;
  let end = () => {};
  const suspend = () => {
    job.leave();
    void stopJob(suspend).then(() => job.enter());
  };
  const job: Job = { leave: () => {}, enter: () => {}, suspend };
  const stopFollowing = followSignals({
    onEnd: (given) => {
      status = given;
      end();
    },
    onSuspend: suspend,
    onExit: () => job.leave(),
  });
  try {
    const shown = await open(below, above, flags.one('--at'));
    const { mounted } = shown;
    end = () => void mounted.end();
    try {
      const how = status !== 0 ? 'ended' : await show(shown, output, job);
      if (how === 'gone' && status === 0) {
        throw requestFailed('union', 'somebody else ended the process that keeps it');
      }
    } finally {
      await mounted.end();
    }
    await output.drained();
    return status;
  } catch (error) {
    if (status !== 0) {
      return status;
    }
    // Here, for what another part has thrown is not known by its class.
    throw isTold(error) ? requestFailed(error.what, error.why, error.remedy) : error;
  } finally {
    stopFollowing();
  }
}

/** To a person as it happens; else as a directory that others use, or as a lesson that is told once. */
async function show(shown: ShownUnion, output: Output, job: Job): Promise<'ended' | 'gone'> {
  if (isInteractive()) {
    return showLive(shown, output, job);
  }
  if (shown.spec.at !== null) {
    return standThere(shown, output);
  }
  await tellLesson(shown, output);
  return 'ended';
}

async function open(below: string, above: string, at: string | null): Promise<ShownUnion> {
  const spec = checkUnion({ below, above, at }, process.geteuid?.() ?? 0, process.getegid?.() ?? 0);
  const mounted = await mountUnion(spec);
  const [upper = '', lower = ''] = spec.lowers;
  const { branches, union } = twoBranches(
    { writable: placesOfUnion(spec.place).writable, above: upper, below: lower },
    spec.userMarks,
  );
  // Two directories that the user has named are read whatever they are mounted from.
  const reader = openBranches(openHost({}, { keep: false, branchBase: mounted.root }), union, [...branches], []);
  return { below: lower, above: upper, spec, mounted, list: (most) => finish(listUnion(union, reader, most)) };
}
