import { flatMapReading, mapReading, ok, type Reading } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import type { FileSet } from './board.ts';
import type { Live } from './figures.ts';
import { keyOf, parseFlatKeyed } from './file-formats.ts';
import type { Places } from './places.ts';

/** v2 `cgroup.stat`: groups below this one, at any depth. */
export function parseDescendants(text: string, path: string): Reading<number> {
  return flatMapReading(parseFlatKeyed(text, path), (stat) => keyOf(stat, 'nr_descendants', path));
}

/** Groups below the container's own: v2 counts them, on v1 they are walked. */
export function descendantsOf(host: Host, files: FileSet, places: Places): Live<Reading<number>> {
  if (places.unified !== null) {
    const slot = files.slot(`${places.unified.own.dir}/cgroup.stat`, parseDescendants, 'setting');
    return () => slot.read();
  }
  const place = places.controller('pids', 'pids') ?? places.controller('memory', 'memory');
  if (place === null || place === 'root') {
    return () => ({ status: 'unsupported', path: 'cgroup.stat', code: 'ENOENT' });
  }
  return () => walk(host, place.own.dir);
}

/** A directory of kernfs has a link more for each directory in it: most groups have none and are not listed. */
function walk(host: Host, dir: string): Reading<number> {
  return flatMapReading(host.stat(dir, 'gone'), (stat) => {
    if (stat.links <= 2) {
      return ok(0);
    }
    return mapReading(host.list(dir, 'gone'), (names) => {
      let groups = 0;
      for (const name of names) {
        const child = `${dir}/${name}`;
        const found = host.stat(child, 'gone');
        if (found.status === 'ok' && found.value.kind === 'dir') {
          const below = walk(host, child);
          groups += 1 + (below.status === 'ok' ? below.value : 0);
        }
      }
      return groups;
    });
  });
}
