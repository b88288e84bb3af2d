import type { Problem } from '../../model/document/problem.ts';
import { problemOf } from '../../model/problem.ts';
import type { Failure } from '../../model/reading.ts';

/** Why something of an engine's store is unknown: `what` says which thing, and the failure why. */
export function storeProblem(failure: Failure, path: string, what: string): Problem {
  const problem = problemOf(failure, path);
  return {
    path: problem?.path ?? path,
    code: problem?.code ?? 'ENOENT',
    message: `${what}: ${failure.status === 'unsupported' && !isAbsent(failure) ? 'it could not be read' : WHY[failure.status]}`,
    remedy: failure.status === 'denied' ? (problem?.remedy ?? null) : null,
  };
}

/** Whether there is no such file, and not one that could not be read. */
export function isAbsent(failure: Failure): boolean {
  return failure.status === 'unsupported' && failure.code === 'ENOENT';
}

const WHY: { readonly [status in Failure['status']]: string } = {
  gone: 'it is not there',
  denied: 'reading it is not permitted',
  unsupported: 'it is not there',
  garbled: 'it could not be understood',
};
