import type { CgroupSample } from '../../model/cgroup/sample.ts';
import type { FileSet } from './board.ts';
import { absent, figureOf, type Live } from './figures.ts';
import { parseCount, parseLimit } from './file-formats.ts';
import type { Places } from './places.ts';

type PidsFigures = CgroupSample['pids'];

/** `pids.current` counts threads; cgroup-v1/pids.rst and cgroup-v2.rst. */
export function pidsFigures(files: FileSet, places: Places): Live<PidsFigures> {
  const place = places.controller('pids', 'pids');
  if (place === null || place === 'root') {
    const figures = { current: absent<number>('pids.current')(), limits: place && [] };
    return () => figures;
  }
  const current = figureOf(files, place, 'pids.current', parseCount);
  const links = place.groups.map(({ path, dir }) => ({
    path,
    max: files.slot(`${dir}/pids.max`, parseLimit, 'setting'),
    current: files.slot(`${dir}/pids.current`, parseCount),
  }));
  return () => ({
    current: current(),
    limits: links.map((link) => ({
      path: link.path,
      file: link.max.file,
      reading: link.max.read(),
      current: link.current.read(),
    })),
  });
}
