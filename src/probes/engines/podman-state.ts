import type { EngineFacts } from '../../model/engine-facts.ts';
import { mapReading, type Reading, valueOr } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import { factsOfBundle } from './annotations.ts';
import { bareFacts, isHashId } from './facts.ts';
import { listAt, parseJson, textAt } from './json.ts';
import { ALL_CONTAINERS_BYTES, namesIn, readStateJson, versionOf } from './state-file.ts';

/** What containers/storage records of a container; `image` is the name it was made from. */
type Stored = { readonly id: string; readonly name: string | null; readonly image: string | null };

/**
 * `DRIVER-containers/containers.json` of a storage root (containers/storage containers.go). Podman's and CRI-O's own
 * notes are JSON within the `metadata` text.
 */
export function parseStoredContainers(value: unknown): readonly Stored[] {
  return listAt({ value }, 'value').flatMap((entry): Stored[] => {
    const id = textAt(entry, 'id');
    if (id === null || !isHashId(id)) return [];
    const metadata = parseJson(textAt(entry, 'metadata') ?? '');
    const first = listAt(entry, 'names').find((name) => typeof name === 'string');
    const name = textAt(metadata, 'name') ?? (typeof first === 'string' ? first : null);
    return [{ id, name, image: textAt(metadata, 'image-name') }];
  });
}

/** The stores of one storage root, read again when Podman wrote them anew. */
export function openPodmanStore(host: Host, root: string) {
  const files = new Map<string, { readonly version: string; readonly stored: ReadonlyMap<string, Stored> }>();

  const read = (path: string): ReadonlyMap<string, Stored> => {
    const version = versionOf(host, path);
    const known = files.get(path);
    if (version === null) return new Map();
    if (known?.version === version) return known.stored;
    const stored = valueOr(mapReading(readStateJson(host, path, ALL_CONTAINERS_BYTES), parseStoredContainers), []);
    const byId = new Map(stored.map((entry) => [entry.id, entry]));
    files.set(path, { version, stored: byId });
    return byId;
  };
  // What `--rm` starts is volatile: it is not to outlive a crash, and recorded apart.
  const paths = () =>
    namesIn(host, root)
      .filter((name) => name.endsWith('-containers'))
      .flatMap((name) => [`${root}/${name}/containers.json`, `${root}/${name}/volatile-containers.json`]);

  return {
    root,
    find(id: string): EngineFacts | null {
      for (const path of paths()) {
        const stored = read(path).get(id);
        if (stored !== undefined) return factsOf(stored, path);
      }
      return null;
    },
    all(): readonly EngineFacts[] {
      return paths().flatMap((path) => Array.from(read(path).values(), (stored) => factsOf(stored, path)));
    },
  };
}

export type PodmanStore = ReturnType<typeof openPodmanStore>;

function factsOf(stored: Stored, source: string): EngineFacts {
  return { ...bareFacts('podman', stored.id, source), name: stored.name, image: stored.image };
}

/** Where Podman makes the bundle of a container when it first starts. */
export function podmanBundle(root: string, id: string): string {
  return `${root}/overlay-containers/${id}/userdata`;
}

/** What the bundle adds to the store: the volumes, and whether it is privileged. */
export function withBundle(host: Host, facts: EngineFacts, bundle: string | null): EngineFacts {
  const config: Reading<unknown> | null = bundle === null ? null : readStateJson(host, `${bundle}/config.json`);
  if (config?.status !== 'ok') return facts;
  const told = factsOfBundle(config.value);
  return {
    ...facts,
    ...told,
    name: facts.name ?? told.name,
    image: facts.image ?? told.image,
  };
}
