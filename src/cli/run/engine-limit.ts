import { askedLimitWay } from '../../actions/container-limit.ts';
import type { Container } from '../../model/document/container.ts';
import type { LiveResult } from '../../runtime/cgroups/apply-live.ts';
import type { Resources } from '../../runtime/cgroups/resources.ts';
import { requestFailed } from '../failure.ts';
import type { Flags } from '../flags.ts';
import { sessionOf } from './foreign-target.ts';

/**
 * Has Docker or Podman change limits of its container, as the dashboard does: behind its back they would be gone with the
 * next restart. `command` is the same by its own command line.
 */
export async function limitByEngine(
  container: Container,
  asked: Resources,
  flags: readonly string[],
  globals: Flags,
  lines: (name: string, results: readonly LiveResult[]) => string,
): Promise<{ readonly command: string; readonly says: string }> {
  const name = container.name ?? container.shortId;
  const session = sessionOf('limit', globals);
  try {
    const engines = await session.askEngines();
    const done = () => (results: readonly LiveResult[]) => lines(name, results);
    const world = { host: session.host, engines, store: null, nsview: 'nsview' };
    const way = askedLimitWay({ container, asked, flags, done }, world);
    const remedy = `Name its socket with --engine ${container.engine}=SOCKET.`;
    if (way.disabledReason !== null) {
      throw requestFailed(name, way.disabledReason, engines.daemonOf(container.id) === null ? remedy : undefined);
    }
    const { ok, says } = await way.run();
    if (!ok) {
      throw requestFailed('limit', says.trimEnd().replaceAll('\n', ', '));
    }
    return { command: way.command, says };
  } finally {
    session.close();
  }
}
