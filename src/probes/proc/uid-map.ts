import { flatMapReading, garbled, ok, type Reading } from '../../model/reading.ts';
import type { IdMapLine } from '../../model/sample.ts';
import type { Host } from '../host.ts';
import { decimal, linesOf } from '../kernel-text.ts';

/**
 * /proc/PID/uid_map and gid_map, user_namespaces(7). Empty while a new user namespace has none yet. `outside` is what
 * the reader's own user namespace calls the id.
 */
export function parseIdMap(text: string, path = '/proc/PID/uid_map'): Reading<readonly IdMapLine[]> {
  const lines: IdMapLine[] = [];
  for (const line of linesOf(text)) {
    const [inside, outside, count, ...rest] = line.trim().split(/\s+/).map(decimal);
    if (inside == null || outside == null || count == null || rest.length > 0) {
      return garbled(path, line);
    }
    lines.push({ inside, outside, count });
  }
  return ok(lines);
}

export function readIdMap(host: Host, pid: number, file: 'uid_map' | 'gid_map'): Reading<readonly IdMapLine[]> {
  const path = `/proc/${pid}/${file}`;
  return flatMapReading(host.readText(path, 'gone'), (text) => parseIdMap(text, path));
}
