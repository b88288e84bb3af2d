import type { ChainLink, Figure } from '../../model/cgroup/sample.ts';
import { flatMapReading, type Reading } from '../../model/reading.ts';
import type { FileSet, Pace, Parse, Slot } from './board.ts';
import type { Group, Place } from './places.ts';

/** A figure whose value is taken at each tick: the very object of the tick before, where its file says the same. */
export type Live<T> = () => T;

/** No hierarchy of this host has such a file, or the container is in its root group. */
export function absent<T>(name: string): Live<Figure<T>> {
  const figure: Figure<T> = { reading: { status: 'unsupported', path: name, code: 'ENOENT' }, file: null };
  return () => figure;
}

/**
 * A figure of the group, or of its nearest ancestor that has the controller: where v2's controller is not enabled for
 * the group, what is used is counted there.
 */
export function figureOf<T>(
  files: FileSet,
  place: Place,
  name: string,
  parse: Parse<T>,
  pace: Pace = 'tick',
): Live<Figure<T>> {
  return liveFigure(files.slot(`${(place.groups[0] ?? place.own).dir}/${name}`, parse, pace));
}

export function liveFigure<T>(slot: Slot<T>): Live<Figure<T>> {
  let last: Figure<T> | null = null;
  return () => {
    const reading = slot.read();
    last = last?.reading === reading ? last : { reading, file: slot.file };
    return last;
  };
}

/** A figure worked out of a file that was parsed already for another. */
export function derived<T, U>(
  source: Live<Figure<T>>,
  derive: (value: T, path: string) => Reading<U>,
): Live<Figure<U>> {
  let of: Figure<T> | null = null;
  let last: Figure<U> | null = null;
  return () => {
    const figure = source();
    if (last === null || figure !== of) {
      const { reading, file } = figure;
      of = figure;
      last = { reading: flatMapReading(reading, (value) => derive(value, file ?? '')), file };
    }
    return last;
  };
}

/** The same file of the group and of every ancestor that has it. */
export function chainOf<T>(
  files: FileSet,
  groups: readonly Group[],
  name: string,
  parse: Parse<T>,
  pace: Pace = 'setting',
): Live<readonly ChainLink<T>[]> {
  const slots = groups.map(({ path, dir }) => ({ path, slot: files.slot(`${dir}/${name}`, parse, pace) }));
  let last: readonly ChainLink<T>[] = [];
  return () => {
    if (slots.some(({ slot }, index) => slot.read() !== last[index]?.reading)) {
      last = slots.map(({ path, slot }) => ({ path, file: slot.file, reading: slot.read() }));
    }
    return last;
  };
}
