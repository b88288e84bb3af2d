import type { Problem } from '../../model/document/problem.ts';

/** What an engine's store knows of the layers of one container, by the name of their directory. */
export type StoreLayers = {
  readonly layers: ReadonlyMap<string, StoreLayer>;
  readonly problems: readonly Problem[];
};

export type StoreLayer = { readonly digest: string | null; readonly createdBy: string | null };
