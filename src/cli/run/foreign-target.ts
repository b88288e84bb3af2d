import type { Container } from '../../model/document/container.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { parseEngineFlags } from '../../probes/engines/choice.ts';
import { requestFailed } from '../failure.ts';
import { findContainerOrProcess, LISTING } from '../find-container.ts';
import type { Flags } from '../flags.ts';
import { openSession, type Session } from '../session.ts';

/** A container of any engine, or a process in none, as the inspector finds it. */
export type ForeignTarget = {
  readonly name: string;
  readonly pid: number;
  readonly container: Container | null;
};

/** What a REF means that is none of our own: the inspector looks, and only then. */
export async function foreignTarget(verb: string, ref: string, globals: Flags): Promise<ForeignTarget> {
  const found = findContainerOrProcess(await lookAround(verb, globals), ref);
  if (typeof found === 'number') {
    return { name: `pid:${found}`, pid: found, container: null };
  }
  if (found.init === null) {
    throw requestFailed(`container '${ref}'`, 'it is not running');
  }
  return { name: found.name ?? found.shortId, pid: found.init.pid, container: found };
}

/** Every container of this host, of whatever engine. */
export async function lookAround(verb: string, globals: Flags): Promise<Snapshot> {
  const session = sessionOf(verb, globals);
  try {
    return await session.look(LISTING);
  } finally {
    session.close();
  }
}

/** The inspector of this host, as the global flags say. */
export function sessionOf(verb: string, globals: Flags): Session {
  for (const flag of ['--proc', '--sys']) {
    if (globals.has(flag)) {
      throw requestFailed(verb, `it acts on this host, and ${flag} shows another`);
    }
  }
  const choice = parseEngineFlags([...globals.all('--engine')]);
  if (typeof choice === 'string') {
    throw requestFailed(verb, choice);
  }
  return openSession({ roots: {}, engines: choice, root: globals.one('--root') ?? undefined });
}
