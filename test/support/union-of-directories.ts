import type { Branch, Layers } from '../../src/model/document/layers.ts';
import { listDirectory, rootOf } from '../../src/model/layers/list-directory.ts';
import { resolvePath } from '../../src/model/layers/resolve-path.ts';
import { type MergedEntry, type Union, type UnionDirectory, unionOf } from '../../src/model/layers/union.ts';
import { finish } from '../../src/model/steps.ts';
import type { Host } from '../../src/probes/host.ts';
import { type Branches, openBranches } from '../../src/probes/layers/open-branches.ts';

export type OpenUnion = { readonly union: Union; readonly reader: Branches };

export function branchesAt(paths: readonly string[], roles: readonly Branch['role'][] = []): Branch[] {
  return paths.map((path, index) => ({
    index,
    role: roles[index] ?? (index === 0 ? 'rw' : 'image'),
    access: index === 0 ? 'rw' : 'ro+wh',
    path,
    digest: null,
    createdBy: null,
    files: null,
    bytes: null,
    whiteouts: null,
    containers: null,
    images: null,
  }));
}

/** A union of directories, top first, as if it were mounted. */
export function unionAt(
  host: Host,
  driver: Layers['driver'],
  branches: readonly Branch[],
  options: Layers['options'] = {},
): OpenUnion {
  const union = unionOf({ driver, options, branches: [...branches] });
  if (union === null) throw new Error(`no union of ${driver}`);
  return { union, reader: openBranches(host, union, [...branches], []) };
}

/** Every entry, deleted ones too, as `PATH KIND PROVIDER`. */
export function treeOf({ union, reader }: OpenUnion): string[] {
  const lines: string[] = [];
  const visit = (directory: UnionDirectory) => {
    for (const entry of finish(listDirectory(union, reader, directory)).entries) {
      lines.push(`${entry.path} ${entry.kind} ${entry.version?.index ?? '-'}`);
      if (entry.directory !== null) visit(entry.directory);
    }
  };
  visit(rootOf(union, reader));
  return lines;
}

export function entryAt({ union, reader }: OpenUnion, path: string): MergedEntry {
  const entry = resolvePath(union, reader, path);
  if (entry === null) throw new Error(`${path}: nobody has it`);
  return entry;
}
