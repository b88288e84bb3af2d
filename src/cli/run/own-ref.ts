import { shortId } from '../../model/container-id.ts';
import { type OwnContainer, readContainer, spoiltRecord } from '../../runtime/lifecycle/own-container.ts';
import { findOwn } from '../../runtime/state/find.ts';
import { isKnownElsewhere } from '../../runtime/state/known-elsewhere.ts';
import type { Store } from '../../runtime/state/store.ts';
import { requestFailed } from '../failure.ts';
import type { RuntimeContext } from './runtime-verb.ts';

/** A container of our own; null: this store has none that is called so. */
function ownContainer(store: Store, ref: string): OwnContainer | null {
  const found = findOwn(store, ref);
  if (found.kind === 'many') {
    const ids = found.ids.map(shortId).join(', ');
    throw requestFailed(`container '${ref}'`, 'it can mean several', `Say which: ${ids}.`);
  }
  if (found.kind === 'none') {
    return null;
  }
  const own = readContainer(store, found.id);
  const spoilt = own === null ? spoiltRecord(store, found.id) : null;
  if (spoilt !== null) {
    throw requestFailed(spoilt.what, spoilt.why, spoilt.remedy);
  }
  return own;
}

/**
 * As `ownContainer`, for who changes it: a REF that another engine's container answers to as well means neither. The
 * inspector looks once for all of them, and not where the REF can mean ours alone.
 */
export function openOwnRefs(
  verb: string,
  { store, globals }: Pick<RuntimeContext, 'store' | 'globals'>,
): (ref: string) => Promise<OwnContainer | null> {
  let seen: Promise<(own: OwnContainer, ref: string) => void> | null = null;
  const look = async () => {
    const [{ lookAround }, { refuseAmbiguous }] = await Promise.all([
      import('./foreign-target.ts'),
      import('../find-container.ts'),
    ]);
    const snapshot = await lookAround(verb, globals);
    return ({ id, config: { name } }: OwnContainer, ref: string) => {
      const named = { id, shortId: shortId(id), name, engine: 'nsview', init: null } as const;
      refuseAmbiguous(snapshot, { ...named, processes: [], parent: null }, ref);
    };
  };
  return async (ref) => {
    const own = ownContainer(store, ref);
    if (own !== null && ref !== own.id && ref !== `${own.config.name}@nsview`) {
      seen ??= look();
      (await seen)(own, ref);
    }
    return own;
  };
}

/** The same for who must start soon: the inspector is loaded only where another engine may know the REF. */
export async function ownContainerSoon(
  verb: string,
  context: Pick<RuntimeContext, 'store' | 'globals'>,
  ref: string,
): Promise<OwnContainer | null> {
  const own = ownContainer(context.store, ref);
  const doubtful = own !== null && (context.globals.has('--engine') || isKnownElsewhere(ref));
  return doubtful ? openOwnRefs(verb, context)(ref) : own;
}

export function madeByUs(container: OwnContainer | null, ref: string): OwnContainer {
  if (container === null) {
    throw requestFailed(
      `container '${ref}'`,
      'nsview made no such container',
      "Run 'nsview ps -a' to see all of them.",
    );
  }
  return container;
}
