import { launch, type Outcome } from '../launch.ts';
import { RequestFailed } from '../lifecycle/request-failed.ts';
import { placesOfUnion, planUnion, type UnionSpec } from '../plan/plan-union.ts';

/** A union that is there until it is ended, or nsview is. */
export type MountedUnion = {
  /** Keeps the mount namespace: what is mounted below `place` is found below /proc/PID/root. */
  readonly pid: number;
  /** As its own mount namespace names it; with `at` as everybody does. */
  readonly merged: string;
  /** As everybody may name it who may look at that process. */
  readonly reachable: { readonly merged: string };
  /** The root below which all its branches have the names that they have here. */
  readonly root: string;
  /** Settles when it is gone, whoever ended it. */
  readonly ended: Promise<void>;
  /** Takes it away; settles when it is gone. */
  readonly end: () => Promise<void>;
};

/** Mounts a union. Throws RequestFailed where the kernel refuses it; then nothing is left of it. */
export async function mountUnion(spec: UnionSpec): Promise<MountedUnion> {
  let helper: number | null = null;
  let first: number | null = null;
  const running = Promise.withResolvers<void>();
  const outcome = launch(planUnion(spec), {
    verb: 'run',
    name: 'union',
    detached: false,
    apart: true,
    onHelper: (pid) => {
      helper = pid;
    },
    onProcess: ({ pid }) => {
      first = pid;
    },
    onRunning: running.resolve,
  });
  const failed = await Promise.race([outcome, running.promise.then(() => null)]);
  if (failed !== null || first === null) {
    throw refusal(failed, spec);
  }
  const root = `/proc/${first}/root`;
  const places = placesOfUnion(spec.place);
  let gone = false;
  const ended = outcome.then(() => {
    gone = true;
  });
  return {
    pid: first,
    merged: spec.at?.directory ?? places.merged,
    reachable: { merged: spec.at?.directory ?? root + places.merged },
    root,
    ended,
    end: () => {
      // The helper hands it on to the process that it waits for.
      if (!gone && helper !== null) process.kill(helper, 'SIGTERM');
      return ended;
    },
  };
}

const BY_ROOT = 'Run it as root, or allow user namespaces to ordinary users.';

function refusal(outcome: Outcome | null, { user, at }: UnionSpec): RequestFailed {
  if (outcome?.kind !== 'failed' || outcome.step === null) {
    const why = outcome?.kind === 'failed' && outcome.detail !== '' ? outcome.detail : 'it ended before it began';
    return new RequestFailed('union', why);
  }
  const { step, error, detail } = outcome;
  const { kind } = step.op;
  const because = (why: string) => (error === null ? why : `${why} (${error})`);
  const isRefused = error === 'EPERM' || error === 'EACCES' || error === 'ENOSPC';
  if (kind === 'overlay' && error === 'ENODEV') {
    return new RequestFailed(
      'union',
      because('this kernel has no overlay file system'),
      'Load it as root: modprobe overlay',
    );
  }
  if (kind === 'overlay' && error === 'EINVAL') {
    return new RequestFailed('union', because('the file system of one of them cannot be a branch of a union'));
  }
  if (isRefused && user !== null && (kind === 'clone' || kind === 'id-maps' || kind === 'mount')) {
    return new RequestFailed('union', because('this host lets an ordinary user mount nothing'), BY_ROOT);
  }
  if (isRefused && (kind === 'clone' || kind === 'unshare')) {
    return new RequestFailed('union', because('no right to mount anything'), 'It takes CAP_SYS_ADMIN.');
  }
  if (kind === 'bind' && at !== null) {
    return new RequestFailed(`--at ${at.directory}`, because(detail === '' ? 'nothing can be mounted there' : detail));
  }
  return new RequestFailed(
    'union',
    because(detail === '' ? `cannot ${step.says}` : detail),
    user === null ? null : BY_ROOT,
  );
}
