import { lstatSync, readdirSync, readFileSync, type Stats, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { measureUnion } from '../../src/model/layers/measure-union.ts';
import type { OpenUnion } from './union-of-directories.ts';
import type { MountedStack } from './union-stack.ts';

/** Writes into each file of each branch what no other has, so that the union shows which of them are seen. */
export function compareUse({ merged, branches }: MountedStack, { union, reader }: OpenUnion): void {
  const marks = new Map<string, { readonly index: number; readonly bytes: number }>();
  for (const [index, branch] of branches.entries()) {
    const inodes = new Set<number>();
    for (const path of walk(branch, '')) {
      const stat = lstatSync(branch + path);
      // A file of holes is a metacopy: it has a size, and its contents are elsewhere.
      if (!stat.isFile() || stat.size === 0 || stat.blocks === 0 || inodes.has(stat.ino)) continue;
      inodes.add(stat.ino);
      const mark = String(marks.size).padStart(stat.size, '#');
      marks.set(mark, { index, bytes: stat.size });
      writeFileSync(branch + path, mark, { flag: 'r+' });
    }
  }
  const seen = new Set<string>();
  for (const path of walk(merged, '')) {
    if (lstatSync(merged + path).isFile()) seen.add(readFileSync(merged + path, 'utf8'));
  }
  const steps = measureUnion(union, reader);
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  for (const { index, ...use } of step.value.branches) {
    const real = { seen: 0, wasted: 0 };
    for (const [mark, { index: of, bytes }] of marks) {
      if (of === index) real[seen.has(mark) ? 'seen' : 'wasted'] += bytes;
    }
    equal('', `use of ${index}`, { seen: use.seen, wasted: use.shadowed + use.deleted }, real);
  }
}

export function equal(path: string, what: string, told: unknown, real: unknown): void {
  const [one, other] = [JSON.stringify(told), JSON.stringify(real)];
  if (one !== other) throw new Error(`${path}: ${what}: told ${one}, in truth ${other}`);
}

export function statOf(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch {
    return null;
  }
}

/** A directory of one lower branch lists its whiteouts too, which then are not there. */
export function namesIn(directory: string): string[] {
  return readdirSync(directory).filter((name) => statOf(join(directory, name)) !== null);
}

export function* walk(root: string, directory: string): Generator<string> {
  for (const name of namesIn(root + directory)) {
    const path = `${directory}/${name}`;
    yield path;
    if (lstatSync(root + path).isDirectory()) yield* walk(root, path);
  }
}
