import type { Outcome } from '../launch.ts';
import { publishRefusal } from '../network/published.ts';
import type { Op } from '../plan/step.ts';
import { commandRefusal } from './command-refusal.ts';
import type { RunRequest } from './run-request.ts';

/** Why a container was not started: one line for people, and what to do about it. */
export type StartFailure = { readonly what: string; readonly why: string; readonly remedy: string | null };

const OTHER_DISK = 'Make room, or name a folder on another disk with --root DIR.';
const OWN_GROUP = 'Run it as root, or name a group of your own with --cgroup-parent.';

/** Steps that write to the store. */
const STORED: ReadonlySet<Op['kind']> = new Set(['lock', 'exit-reserve', 'stdio', 'init-layer', 'overlay']);

/** What the helper said of the step that failed, in the words of who asked for it where a flag did. */
export function startFailure(
  { code, step, error, detail }: Extract<Outcome, { kind: 'failed' }>,
  request: Pick<RunRequest, 'command' | 'root'>,
  storeRoot: string,
): StartFailure {
  const failure = (what: string, why: string, remedy: string | null = null): StartFailure => {
    return { what, why: error === null ? why : `${why} (${error})`, remedy };
  };
  const refusal = commandRefusal(code, detail);
  if (refusal !== null) {
    return failure(request.command[0] ?? 'run', refusal);
  }
  if (step === null) {
    return failure('nsview-init', detail === '' ? 'it could not be started' : detail);
  }
  const { op } = step;
  if (STORED.has(op.kind) && (error === 'ENOSPC' || error === 'EDQUOT')) {
    return failure(storeRoot, error === 'ENOSPC' ? 'the disk is full' : 'the disk quota is used up', OTHER_DISK);
  }
  if (op.kind === 'publish') {
    return failure(`--publish ${detail}`, publishRefusal(error));
  }
  if (op.kind === 'overlay' && error === 'ELOOP') {
    const why =
      'nsview keeps what the container writes below it, on the same file system: name another place with --root';
    return failure(`--rootfs ${request.root.layers[0]}`, why);
  }
  if (op.kind === 'sysctl') {
    return failure(`--sysctl ${op.name.replaceAll('/', '.')}=${op.value}`, sysctlRefusal(error));
  }
  const remedy = op.kind === 'cgroup-make' && (error === 'EACCES' || error === 'EPERM') ? OWN_GROUP : null;
  return failure(step.call, detail === '' ? `cannot ${step.says}` : detail, remedy);
}

function sysctlRefusal(error: string | null): string {
  switch (error) {
    case 'ENOENT':
      return 'this kernel has no such setting for a container';
    case 'EINVAL':
    case 'ERANGE':
      return 'the kernel does not take this value';
    case 'EACCES':
    case 'EPERM':
      return 'the kernel lets nobody set it from within a container';
    default:
      return 'the kernel refuses it';
  }
}
