import { ownerOf } from './names.ts';
import { namesIn } from './names-in.ts';
import { kindOfDirectory } from './records.ts';
import type { Store } from './store.ts';

export type Found =
  | { readonly kind: 'one'; readonly id: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'many'; readonly ids: readonly string[] };

const ID_PREFIX = /^[0-9a-f]{4,64}$/;
const QUALIFIED = '@nsview';

/** Ids of all containers that are made and not removed. */
export function containerIds(store: Store): readonly string[] {
  return namesIn(store.containers).filter((name) => kindOfDirectory(name)?.kind === 'container');
}

/** A container of this store: by its name, its id or a prefix of it, or `NAME@nsview`. */
export function findOwn(store: Store, ref: string): Found {
  const bare = ref.endsWith(QUALIFIED) ? ref.slice(0, -QUALIFIED.length) : ref;
  const named = ownerOf(store, bare);
  const ids = containerIds(store);
  if (named !== null && ids.includes(named)) {
    return { kind: 'one', id: named };
  }
  const matching = ID_PREFIX.test(ref) ? ids.filter((id) => id.startsWith(ref)) : [];
  const [id, ...more] = matching;
  return id === undefined ? { kind: 'none' } : more.length > 0 ? { kind: 'many', ids: matching } : { kind: 'one', id };
}
