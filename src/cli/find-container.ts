import type { Container } from '../model/document/container.ts';
import { pidOfRef, type Resolved, refOf, resolveRef } from '../model/ref.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { requestFailed } from './failure.ts';
import type { Look, Session } from './session.ts';

/** The argument of every command that is about one container. */
export const refArgument = ['<ref>', 'a container: its name, id, id prefix, pid:N or NAME@ENGINE'] as const;

/** What must be read to know which container a REF means. */
export const LISTING: Look = { figures: 'summary', stopped: true };

/** The same, where a process in no container is looked at as if it were one. */
export function listingOf(ref: string): Look {
  return { ...LISTING, ...alsoAsked(ref) };
}

/** What a REF adds to every look for it. */
export function alsoAsked(ref: string): Pick<Look, 'alsoPids'> {
  const pid = pidOfRef(ref);
  return pid === null ? {} : { alsoPids: [pid] };
}

/** More of them would not help anybody to choose. */
const MOST_CANDIDATES = 10;

/** Running ones and stopped ones: a REF may mean either. */
export function allContainers({ containers, stopped }: Snapshot): readonly Container[] {
  return [...containers, ...stopped];
}

/** The container that a REF means; none, several and bare processes are failures that say what to do. */
export function findContainer(snapshot: Snapshot, ref: string): Container {
  const all = allContainers(snapshot);
  return chosen(resolveRef(ref, all), ref, all);
}

/** A container again, in a later snapshot; its id is the same. */
export function findAgain(snapshot: Snapshot, container: Container): Container {
  const again = allContainers(snapshot).find(({ id }) => id === container.id);
  if (again === undefined) {
    throw isRunning(container)
      ? requestFailed(`container '${container.name ?? container.shortId}'`, 'it ended meanwhile')
      : notRunning(container);
  }
  return again;
}

/** The container that a REF means, with its parts and what else is asked of it: a first look says which one it is. */
export async function lookInto(session: Session, ref: string, more: Look = {}): Promise<Container> {
  const listed = findContainer(await session.look(listingOf(ref)), ref);
  return findAgain(await session.look({ detail: [listed], ...more, ...alsoAsked(ref) }), listed);
}

/** Only what runs has figures and namespaces: one that its engine alone knows is a failure that says how it is. */
export function mustRun(container: Container): Container {
  if (!isRunning(container)) {
    throw notRunning(container);
  }
  return container;
}

function isRunning({ init, processes }: Container): boolean {
  return init !== null || processes.length > 0;
}

function notRunning({ name, shortId, status }: Container): Error {
  return requestFailed(`container '${name ?? shortId}'`, `it is not running (${status})`);
}

/** As `findContainer`, but a process in no container is an answer too: its pid. */
export function findContainerOrProcess(snapshot: Snapshot, ref: string): Container | number {
  const all = allContainers(snapshot);
  const resolved = resolveRef(ref, all);
  return resolved.kind === 'process' ? resolved.pid : chosen(resolved, ref, all);
}

type Unlisted = Parameters<typeof resolveRef>[1][number];

/**
 * Whether a REF that means this container of ours means nothing else as well; another of the same name is a failure that
 * says what to do. `own` counts also where the snapshot has not seen it yet.
 */
export function refuseAmbiguous(snapshot: Snapshot, own: Unlisted, ref: string): void {
  const all = allContainers(snapshot);
  const others: readonly Unlisted[] = all.filter(({ id }) => id !== own.id);
  const everyone = [own, ...others];
  const resolved = resolveRef(ref, everyone);
  if (resolved.kind === 'many') {
    throw ambiguous(ref, resolved.candidates, everyone);
  }
  if (resolved.kind === 'one' && resolved.container.id !== own.id) {
    throw ambiguous(ref, [own, resolved.container], everyone);
  }
}

function chosen(resolved: Resolved<Container>, ref: string, all: readonly Container[]): Container {
  switch (resolved.kind) {
    case 'one':
      return resolved.container;
    case 'none':
      throw requestFailed(`container '${ref}'`, 'no such container', "Run 'nsview ps -a' to see them.");
    case 'many':
      throw ambiguous(ref, resolved.candidates, all);
    case 'process':
      throw requestFailed(
        `container '${ref}'`,
        'no such process, or it is in no container',
        `Run 'nsview ns pid:${resolved.pid}' to see the namespaces of any process.`,
      );
  }
}

function ambiguous(ref: string, candidates: readonly Unlisted[], all: readonly Unlisted[]): Error {
  const refs = candidates.slice(0, MOST_CANDIDATES).map((container) => refOf(container, all));
  const more = candidates.length - refs.length;
  const which = `Say which: ${refs.join(', ')}${more > 0 ? ` or one of ${more} more` : ''}.`;
  return requestFailed(`container '${ref}'`, 'it can mean several', which);
}
