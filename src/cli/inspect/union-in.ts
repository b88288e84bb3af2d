import type { Container } from '../../model/document/container.ts';
import type { Layers } from '../../model/document/layers.ts';
import { UNASKED } from '../../model/layers/entry.ts';
import type { Unread } from '../../model/layers/union.ts';
import { problemOf } from '../../model/problem.ts';
import type { Failure } from '../../model/reading.ts';
import { finish } from '../../model/steps.ts';
import type { Host } from '../../probes/host.ts';
import { hiddenMarks } from '../../probes/layers/hidden-marks.ts';
import type { Branches } from '../../probes/layers/open-branches.ts';
import { type OpenUnion, openUnion } from '../../probes/layers/open-union.ts';
import { otherRoot } from '../../probes/layers/other-root.ts';
import { type CliFailure, requestFailed } from '../failure.ts';
import { mustRun } from '../find-container.ts';
import type { Output } from '../output.ts';

/** The layers of a container, or the failure that says why there are none to tell of. */
export function layersOf(container: Container, ref: string): Layers {
  const { layers, problems } = container;
  if (layers === null) {
    mustRun(container);
    const [problem] = problems.filter(({ path }) => /mountinfo|overlay|layer/.test(path));
    throw requestFailed(
      `layers of '${ref}'`,
      problem === undefined ? 'its root file system could not be read' : `${problem.message} (${problem.code})`,
      problem?.remedy ?? null,
    );
  }
  return layers;
}

/**
 * The union that a container stands on, with its branches open to be read. A container without one, and a branch that
 * cannot be read at all, are failures; what rights hide is a notice, and so is what shows that the branches seen from
 * here are not those of the container (`isOther`).
 */
export function unionIn(
  host: Host,
  container: Container,
  ref: string,
  output: Output,
): OpenUnion & { readonly isOther: boolean } {
  const layers = layersOf(container, ref);
  const open = openUnion(host, container, layers);
  if (open === null) {
    throw layers.driver === 'none'
      ? requestFailed(
          `layers of '${ref}'`,
          'its root is one file system of its own: there is no union, and no branches',
        )
      : unknownBranches(container, ref);
  }
  for (const { index, path } of layers.branches) {
    const root = open.branches.find(index, '/', ['.'], UNASKED);
    if (root.status !== 'ok' || root.value === null) {
      throw unreadable(ref, index, path, root.status === 'ok' ? { status: 'gone' } : root);
    }
  }
  const other = container.init === null ? null : finish(otherRoot(host, container.init, open));
  output.notices([hiddenMarks(host, open.union), other].filter((problem) => problem !== null));
  return { ...open, branches: telling(open.branches, output), isOther: other !== null };
}

function unknownBranches({ problems }: Container, ref: string): CliFailure {
  const [problem] = problems.filter(({ path }) => /aufs|overlay|layer|merged/.test(path));
  const why = problem === undefined ? 'its branches are unknown' : `${problem.message} (${problem.code})`;
  return requestFailed(`layers of '${ref}'`, why, problem?.remedy ?? null);
}

function unreadable(ref: string, index: number, path: string, failure: Failure): CliFailure {
  const what = `branch ${index} of '${ref}', ${path}`;
  if (failure.status === 'unsupported' && failure.code === 'FUSE') {
    return requestFailed(what, 'a FUSE daemon answers for it, which is not waited for (FUSE)');
  }
  if (failure.status === 'unsupported' && failure.code === 'ENOSYS') {
    return requestFailed(what, 'it takes openat2(2) and the native part of nsview (ENOSYS)', "Run 'nsview doctor'.");
  }
  const problem = problemOf(failure, path);
  if (problem === null && !path.startsWith('/')) {
    return requestFailed(
      what,
      'the path is relative, to the directory in which mount ran, which nobody keeps (ENOENT)',
      'Give absolute directories to mount to see them here.',
    );
  }
  return requestFailed(
    what,
    problem === null ? 'it is not there as seen from here (ENOENT)' : `${problem.message} (${problem.code})`,
    problem?.remedy ?? null,
  );
}

/** Tells of what single look-ups could not read. */
function telling(branches: Branches, output: Output): Branches {
  return {
    ...branches,
    find(index, path, names, asked) {
      const found = branches.find(index, path, names, asked);
      if (found.status !== 'ok') {
        unreadNotices(output, [{ index, path, failure: found }]);
      }
      return found;
    },
  };
}

/** What of the branches could not be read, as notices. */
export function unreadNotices(output: Output, unread: readonly Unread[]): void {
  output.notices(
    unread.map(({ index, path, failure }) => ({
      path: `branch ${index}, ${path}`,
      code: problemOf(failure, path)?.code ?? 'ENOENT',
      message: problemOf(failure, path)?.message ?? 'it went while it was read',
      remedy: problemOf(failure, path)?.remedy ?? null,
    })),
  );
}
