import type { Limit } from '../../model/limit.ts';
import type { Resources } from './resources.ts';
import { valuesV1 } from './values-v1.ts';
import { valuesV2 } from './values-v2.ts';

/** Where one container's, or one process's, groups are: directories by v1 controller, and the v2 group. */
export type GroupPlaces = {
  readonly v1: { readonly [controller: string]: string };
  readonly v2: string | null;
  /** Whether v2 has the controllers: a unified host. */
  readonly unified: boolean;
};

/** One write into a live group, in its place among the others. */
export type LiveWrite = { readonly file: string; readonly value: string; readonly optional: boolean };

/** v1 says "no limit" with a number near 2^63. */
const NO_LIMIT = 2 ** 62;

/**
 * What changes a live group, in an order that the kernel takes: memory may never be above memory with swap, so that one
 * is raised first and lowered last (cgroup-v1/memory.rst, section 8).
 */
export function liveWrites(
  places: GroupPlaces,
  asked: Resources,
  read: (path: string) => string | null,
): readonly LiveWrite[] {
  if (places.unified && places.v2 !== null) {
    const group = places.v2;
    return valuesV2(asked, { cpuMax: read(`${group}/cpu.max`) }).map(({ file, value, optional }) => {
      return { file: `${group}/${file}`, value, optional };
    });
  }
  const swapLimit = limitIn(read, places.v1['memory'], 'memory.memsw.limit_in_bytes');
  const raisesSwap = swapLimit !== null && asked.memorySwapBytes !== null && above(asked.memorySwapBytes, swapLimit);
  const values = valuesV1(asked);
  const ordered = raisesSwap
    ? values.toSorted((a, b) => Number(b.file.includes('memsw')) - Number(a.file.includes('memsw')))
    : values;
  return ordered.map(({ controller, file, value, optional }) => {
    return { file: `${places.v1[controller]}/${file}`, value, optional };
  });
}

/**
 * What was asked for, with what it touches besides: the memory limit that a swap limit counts, and more swap where memory
 * rises above what both together may have (then twice the memory, as a new container gets).
 */
export function withLiveMemory(
  asked: Resources,
  places: GroupPlaces,
  read: (path: string) => string | null,
): Resources {
  if (asked.memoryBytes === null && asked.memorySwapBytes !== null) {
    const now = places.unified
      ? limitIn(read, places.v2 ?? undefined, 'memory.max')
      : limitIn(read, places.v1['memory'], 'memory.limit_in_bytes');
    return { ...asked, memoryBytes: now };
  }
  if (asked.memoryBytes !== null && asked.memorySwapBytes === null && !places.unified) {
    const swap = limitIn(read, places.v1['memory'], 'memory.memsw.limit_in_bytes');
    if (swap !== null && above(asked.memoryBytes, swap)) {
      return { ...asked, memorySwapBytes: asked.memoryBytes === 'max' ? 'max' : asked.memoryBytes * 2 };
    }
  }
  return asked;
}

/** Whether this group has the files of every controller that is asked for; else the first that is missing. */
export function missingController(places: GroupPlaces, needed: ReadonlySet<string>): string | null {
  return places.unified ? null : ([...needed].find((controller) => places.v1[controller] === undefined) ?? null);
}

function limitIn(read: (path: string) => string | null, directory: string | undefined, file: string): Limit | null {
  const text = directory === undefined ? null : read(`${directory}/${file}`);
  return text === null ? null : parseLimit(text);
}

/** A limit as the kernel writes it, in either version; null: none of its forms. */
export function parseLimit(text: string): Limit | null {
  const word = text.trim();
  if (word === 'max' || word === '-1') {
    return 'max';
  }
  return /^\d+$/.test(word) ? (Number(word) >= NO_LIMIT ? 'max' : Number(word)) : null;
}

function above(a: Limit, b: Limit): boolean {
  return b !== 'max' && (a === 'max' || a > b);
}
