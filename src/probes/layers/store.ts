import type { Problem } from '../../model/document/problem.ts';

/** What an engine's store knows of the layers of one container, by the name of their directory. */
export type StoreLayers = {
  readonly layers: ReadonlyMap<string, StoreLayer>;
  /**
   * The layer that holds what the engine itself puts in (/etc/hosts, /etc/resolv.conf): by its directory, or by its
   * place where the store cannot be read. Null where there is none.
   */
  readonly init: { readonly directory: string } | { readonly index: number } | null;
  readonly problems: readonly Problem[];
};

export type StoreLayer = { readonly digest: string | null; readonly createdBy: string | null };
