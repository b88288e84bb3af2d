import type { Engines } from '../probes/engines/engines.ts';

/** Its engine was not there to be asked: never is anything done to its containers behind its back. */
export function unanswered(engine: 'docker' | 'podman', engines: Pick<Engines, 'reports'>): string {
  const report = engines.reports().find((candidate) => candidate.engine === engine && candidate.status !== 'ok');
  const why = report === undefined ? 'no socket of it has answered yet' : `${report.where}: ${report.message}`;
  return `${engine} must do this: ${why}`;
}
