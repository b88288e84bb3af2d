import { flatMapReading, garbled, ok, type Reading } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import { parseJson } from './json.ts';

/** State of one container, and of all containers of an engine. */
export const ONE_CONTAINER_BYTES = 4 << 20;
export const ALL_CONTAINERS_BYTES = 32 << 20;

/**
 * Directories of rootless engines belong to strangers, where a state file may turn out to be a FIFO that blocks, a link
 * or a giant. A missing file is `unsupported`.
 */
export function readStateJson(host: Host, path: string, maxBytes = ONE_CONTAINER_BYTES): Reading<unknown> {
  return flatMapReading(host.readRegular(path, maxBytes), (text) => {
    const value = parseJson(text);
    return value === undefined ? garbled(path, text) : ok(value);
  });
}

/** Changes when the file is written anew; null while there is none. */
export function versionOf(host: Host, path: string): string | null {
  const stat = host.stat(path, 'unsupported');
  return stat.status === 'ok' ? `${stat.value.inode} ${stat.value.mtimeMs} ${stat.value.sizeBytes}` : null;
}

/** The directory's names, or none. */
export function namesIn(host: Host, path: string): readonly string[] {
  const names = host.list(path, 'unsupported');
  return names.status === 'ok' ? names.value : [];
}

/**
 * Whether every component is a directory and none a link. A path that the kernel gave holds no links; one that lies in
 * a container's own volume may have got some since, which lead out of it.
 */
export function isReal(host: Host, path: string): boolean {
  const components = path.split('/').slice(1);
  return components.every((_, index) => {
    const stat = host.stat(`/${components.slice(0, index + 1).join('/')}`, 'unsupported');
    return stat.status === 'ok' && stat.value.kind === 'dir';
  });
}
