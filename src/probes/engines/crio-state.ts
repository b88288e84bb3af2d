import type { EngineFacts } from '../../model/engine-facts.ts';
import { mapReading, type Reading } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import { factsOfBundle } from './annotations.ts';
import { bareFacts } from './facts.ts';
import { readStateJson } from './state-file.ts';

/** CRI-O's run root, crio.conf(5) `runroot`. */
const RUN_ROOT = '/run/containers/storage';

/** A CRI-O container, by the bundle that conmon was given or the usual place. CRI-O writes all into annotations. */
export function readCrioContainer(host: Host, id: string, bundle: string | null): Reading<EngineFacts> {
  const path = `${bundle ?? `${RUN_ROOT}/overlay-containers/${id}/userdata`}/config.json`;
  return mapReading(readStateJson(host, path), (config) => ({
    ...bareFacts('cri-o', id, path),
    ...factsOfBundle(config),
  }));
}
