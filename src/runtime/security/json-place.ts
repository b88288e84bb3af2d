import { WrongValue } from '../wrong-value.ts';

/** A value within a JSON file, and the way to it, so that an error can tell: `syscalls[3].args[0].op`. */
export type Place = { readonly file: string; readonly path: string; readonly value: unknown };

const MOST_U64 = 2n ** 64n - 1n;

function wrong(place: Place, wanted: string): WrongValue {
  const where = place.path === '' ? 'the whole' : place.path;
  return new WrongValue(place.file, place.value === undefined ? `${where} is missing` : `${where} is not ${wanted}`);
}

/** Fields of an object; absent ones have the value undefined. WrongValue for one that is not among `known`. */
export function byField<Name extends string>(place: Place, known: readonly Name[]): (name: Name) => Place {
  const { file, path, value } = place;
  const fields = value === undefined || value === null ? {} : value;
  if (typeof fields !== 'object' || Array.isArray(fields)) throw wrong(place, 'an object');
  const entries = new Map<string, unknown>(Object.entries(fields));
  const strange = [...entries.keys()].find((name) => !known.some((wanted) => wanted === name));
  if (strange !== undefined) {
    throw new WrongValue(file, `${join(path, strange)} is no field; there are ${known.join(', ')}`);
  }
  return (name) => ({ file, path: join(path, name), value: entries.get(name) ?? undefined });
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}

/** The elements of a list; none when it is absent. */
export function listOf(place: Place): readonly Place[] {
  const { file, path, value } = place;
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw wrong(place, 'a list');
  return value.map((element: unknown, index) => ({ file, path: `${path}[${index}]`, value: element }));
}

export function readText(place: Place): string {
  if (typeof place.value !== 'string') throw wrong(place, 'a string');
  return place.value;
}

/** A whole number from 0; whole numbers of the file are bigints here. */
export function readNumber(place: Place, most: bigint = MOST_U64): bigint {
  if (typeof place.value !== 'bigint' || place.value > most) throw wrong(place, `a whole number from 0 to ${most}`);
  return place.value;
}
