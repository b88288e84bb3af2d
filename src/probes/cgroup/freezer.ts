import type { CgroupSample } from '../../model/cgroup/sample.ts';
import { flatMapReading, garbled, mapReading, ok, type Reading } from '../../model/reading.ts';
import type { FileSet } from './board.ts';
import { absent, figureOf, type Live, liveFigure } from './figures.ts';
import { keyOf, parseFlatKeyed } from './file-formats.ts';
import type { Places } from './places.ts';

/** v1 `freezer.state`, cgroup-v1/freezer-subsystem.rst. It says FROZEN also where an ancestor is what is frozen. */
export function parseFreezerState(text: string, path: string): Reading<boolean> {
  const state = text.trimEnd();
  return state === 'FROZEN' || state === 'FREEZING' || state === 'THAWED'
    ? ok(state === 'FROZEN')
    : garbled(path, text);
}

/** v2 `cgroup.events`: `frozen` is 1 once every process has stopped. */
export function parseFrozen(text: string, path: string): Reading<boolean> {
  return mapReading(
    flatMapReading(parseFlatKeyed(text, path), (events) => keyOf(events, 'frozen', path)),
    (frozen) => frozen === 1,
  );
}

/** On a hybrid host the v2 group may be frozen where there is no v1 freezer group for it. */
export function frozenFigure(files: FileSet, places: Places): Live<CgroupSample['frozen']> {
  const place = places.controller('freezer', 'freezer');
  if (place !== null && place !== 'root' && place.version === 1) {
    return figureOf(files, place, 'freezer.state', parseFreezerState);
  }
  return places.unified === null
    ? absent('freezer.state')
    : liveFigure(files.slot(`${places.unified.own.dir}/cgroup.events`, parseFrozen));
}
