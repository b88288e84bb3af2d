import type { Engine } from '../document/container.ts';
import { CGROUP_ROWS, type CgroupRow, UNIT_ROWS, type UnitKind } from './cgroup-rows.ts';

/** One container that a path of /proc/PID/cgroup names. */
export type CgroupMatch = {
  /** `engine:id`, as the path alone tells it, so that it stays what it is whatever else becomes known. */
  readonly key: string;
  readonly engine: Engine;
  readonly id: string | null;
  readonly name: string | null;
  /** The Kubernetes or Podman pod, ECS task, or containerd namespace around it. */
  readonly pod: string | null;
  /** Up to the component that names it. */
  readonly path: string;
  readonly sure: boolean;
};

export type CgroupRecognition = {
  /** The innermost first, then those around it. */
  readonly containers: readonly CgroupMatch[];
  /** The group is that of a supervisor: the process in it is outside of what it watches over. */
  readonly supervisor: boolean;
  /** The innermost systemd unit inside the innermost container, or of the whole path where there is none. */
  readonly unit: UnitKind | null;
};

type RowMatch = { readonly row: CgroupRow; readonly groups: { readonly [name: string]: string } };

export type CgroupRecogniser = (path: string) => CgroupRecognition;

/**
 * Remembers what it was asked: processes share paths, and paths outlive ticks. Of two generations the older one is
 * dropped when the younger is full, so that containers which come and go leave nothing behind.
 */
export function openCgroupRecogniser(generation = 4096): CgroupRecogniser {
  let younger = new Map<string, CgroupRecognition>();
  let older = new Map<string, CgroupRecognition>();
  return (path) => {
    const known = younger.get(path);
    if (known !== undefined) {
      return known;
    }
    const recognition = older.get(path) ?? recogniseCgroup(path);
    if (younger.size >= generation) {
      older = younger;
      younger = new Map();
    }
    younger.set(path, recognition);
    return recognition;
  };
}

/**
 * What a path of /proc/PID/cgroup says, read from right to left: the last component that matches is the innermost
 * container, and further ones to the left are around it. Components as the kernel prints them; `..` (outside the
 * reader's cgroup namespace) matches nothing.
 */
export function recogniseCgroup(path: string): CgroupRecognition {
  const parts = path.split('/').filter((part) => part !== '');
  const containers: CgroupMatch[] = [];
  let supervisor = false;
  let innerEnd = 0;
  for (let end = parts.length; end > 0; ) {
    const match = matchAt(parts, end);
    if (match === null) {
      end -= 1;
      continue;
    }
    const { row } = match;
    if (row.is === 'container') {
      innerEnd ||= end;
      containers.push(containerMatch(match, parts, end));
    } else if (row.is === 'supervisor' && containers.length === 0) {
      supervisor = true;
    }
    end -= row.components.length;
  }
  return { containers, supervisor, unit: unitOf(parts.slice(innerEnd)) };
}

function containerMatch(match: RowMatch, parts: readonly string[], end: number): CgroupMatch {
  const { row, groups } = match;
  const name = groups['name'] === undefined ? null : unescapeUnit(groups['name']);
  const id = groups['id'] ?? name;
  return {
    key: `${row.engine}:${id}`,
    engine: row.engine,
    id,
    name,
    pod: podName(groups['pod'] ?? podAround(parts, end - row.components.length)),
    path: `/${parts.slice(0, end).join('/')}`,
    sure: row.sure,
  };
}

/** The pod is the nearest group of that kind to the left, with no other container in between. */
function podAround(parts: readonly string[], from: number): string | undefined {
  for (let end = from; end > 0; end -= 1) {
    const match = matchAt(parts, end);
    if (match !== null) {
      return match.row.is === 'pod' ? match.groups['pod'] : undefined;
    }
  }
  return undefined;
}

/** The systemd driver writes a pod's uid with `_` for `-`. */
function podName(pod: string | undefined): string | null {
  return pod === undefined ? null : pod.replaceAll('_', '-');
}

function matchAt(parts: readonly string[], end: number): RowMatch | null {
  for (const row of CGROUP_ROWS) {
    const start = end - row.components.length;
    if (start < 0 || (row.anchored && start !== 0)) {
      continue;
    }
    const groups = rowGroups(row, parts, start);
    if (groups !== null) {
      return { row, groups };
    }
  }
  return null;
}

function rowGroups(row: CgroupRow, parts: readonly string[], start: number): { [name: string]: string } | null {
  const found: { [name: string]: string } = {};
  for (const [index, pattern] of row.components.entries()) {
    const part = parts[start + index];
    const match = part === undefined || part === '..' ? null : pattern.exec(part);
    if (match === null) {
      return null;
    }
    Object.assign(found, match.groups);
  }
  return found;
}

function unitOf(parts: readonly string[]): UnitKind | null {
  for (const part of parts.toReversed()) {
    const row = UNIT_ROWS.find(([, pattern]) => pattern.test(part));
    if (row !== undefined) {
      return row[0];
    }
  }
  return null;
}

/** systemd.unit(5): bytes that a unit's name cannot hold are written `\x2d`. */
function unescapeUnit(name: string): string {
  return name.replace(/(?:\\x[0-9a-f]{2})+/g, (run) => {
    const bytes = run
      .split('\\x')
      .slice(1)
      .map((hex) => Number.parseInt(hex, 16));
    return new TextDecoder().decode(Uint8Array.from(bytes));
  });
}
