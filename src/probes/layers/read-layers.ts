import type { Problem } from '../../model/document/problem.ts';
import type { BranchSample, LayersSample } from '../../model/layers/sample.ts';
import { rootMount, visiblePath } from '../../model/mount-tree.ts';
import type { MountLine } from '../../model/mountinfo.ts';
import type { Host } from '../host.ts';
import { readAufsBranches } from './aufs.ts';
import { type BranchPath, findBranches, type Surroundings } from './branch-paths.ts';
import { findFuseDaemon } from './fuse-daemon.ts';
import { readFuseOverlay } from './fuse-overlayfs.ts';
import { type OverlayDirectories, parseOverlayOptions } from './overlay.ts';
import { ownLowers } from './own-store.ts';
import { isInitLayer, layerDirectory, storeOf } from './recognise-store.ts';
import { storeProblem } from './store-problem.ts';

export type LayersQuestion = Surroundings & {
  /** What the container's init sees. */
  readonly mountinfo: readonly MountLine[];
  /** The engine's id, where there is one: it finds the container in its store. */
  readonly containerId: string | null;
};

const UNKNOWN_FUSE = 'the branches of this FUSE mount are unknown';

type Found = Pick<BranchSample, 'named' | 'path' | 'role' | 'access'>;

/**
 * The root file system of a container as its branches, top first, with nothing counted in them (`contents.ts` does).
 * Null where the mount table has no root.
 */
export function readLayers(host: Host, question: LayersQuestion): LayersSample | null {
  const root = rootMount(question.mountinfo);
  if (root === null) {
    return null;
  }
  const driver = driverOf(root.fsType);
  const problems: Problem[] = [];
  const found = findDriverBranches(host, driver, root, question, problems);
  const branches = describe(host, driver, found, question.containerId, problems);
  return {
    driver,
    root,
    directory: driver === 'none' ? visiblePath(root.device, root.root, question.hostMounts) : null,
    branches: branches.map((branch) => ({ ...branch, content: null, users: null })),
    problems,
  };
}

/** The paths of the branches of a root alone; null where the mount table has no root. */
export function readRootBranches(host: Host, question: Omit<LayersQuestion, 'containerId'>): readonly string[] | null {
  const root = rootMount(question.mountinfo);
  return root === null
    ? null
    : findDriverBranches(host, driverOf(root.fsType), root, question, []).map(({ path }) => path);
}

function driverOf(fsType: string): LayersSample['driver'] {
  switch (fsType) {
    case 'overlay':
    case 'aufs':
      return fsType;
    case 'fuse.fuse-overlayfs':
      return 'fuse-overlayfs';
    default:
      return 'none';
  }
}

function findDriverBranches(
  host: Host,
  driver: LayersSample['driver'],
  root: MountLine,
  around: Surroundings,
  problems: Problem[],
): readonly Found[] {
  switch (driver) {
    case 'overlay':
      return overlayBranches(host, root, parseOverlayOptions(root.superOptions), around, problems);
    case 'fuse-overlayfs': {
      const stored = readFuseOverlay(host, root.device, around);
      if (stored.status === 'ok') {
        return overlayBranches(host, root, stored.value, around, problems);
      }
      const daemon = findFuseDaemon(host, root.device);
      if (daemon !== null) {
        const { directories, mounts } = daemon;
        return overlayBranches(host, root, directories, { ...around, supervisorMounts: mounts }, problems);
      }
      problems.push({
        ...storeProblem(stored, root.source, UNKNOWN_FUSE),
        message: `${UNKNOWN_FUSE}: no store of Podman is beside it, and no fuse-overlayfs into which we may look has it mounted`,
      });
      return [];
    }
    case 'aufs': {
      const branches = readAufsBranches(host, root.superOptions);
      if (branches.status !== 'ok') {
        problems.push(storeProblem(branches, '/sys/fs/aufs', 'the branches of this aufs mount are unknown'));
        return [];
      }
      return branches.value.map(({ path, permission }) => aufsBranch(path, permission));
    }
    case 'none':
      return [];
  }
}

function overlayBranches(
  host: Host,
  root: MountLine,
  directories: OverlayDirectories,
  around: Surroundings,
  problems: Problem[],
): readonly Found[] {
  const { upper, lowers, problems: unresolved } = findBranches(host, root.device, directories, around);
  problems.push(...unresolved);
  const told = upper !== null && lowers.every(({ named }) => named === '/') ? ownLowers(host, upper.path) : null;
  const known = told?.length === lowers.length ? told : null;
  const below = lowers.map((lower: BranchPath, index): Found => {
    const role = lower.data ? 'data' : 'image';
    // A data-only layer holds contents under no name of its own: it cannot hide anything.
    return { named: lower.named, path: known?.[index] ?? lower.path, role, access: lower.data ? 'ro' : 'ro+wh' };
  });
  return upper === null ? below : [{ named: upper.named, path: upper.path, role: 'rw', access: 'rw' }, ...below];
}

function aufsBranch(path: string, permission: string): Found {
  const [mode = '', ...attributes] = permission.split('+');
  if (mode === 'rw') {
    return { named: path, path, role: 'rw', access: 'rw' };
  }
  return { named: path, path, role: 'image', access: attributes.includes('wh') ? 'ro+wh' : 'ro' };
}

type Described = Omit<BranchSample, 'content' | 'users'>;

/** Adds what the engine's store knows: which branch is the init layer, digests, instructions. */
function describe(
  host: Host,
  driver: LayersSample['driver'],
  found: readonly Found[],
  containerId: string | null,
  problems: Problem[],
): readonly Described[] {
  const top = found[0];
  const store = top === undefined ? null : storeOf(host, top.path, containerId);
  problems.push(...(store?.problems ?? []));
  return found.map((branch, index): Described => {
    const directory = layerDirectory(branch.path);
    const known = directory === null ? undefined : store?.layers.get(directory);
    const init = branch.role === 'image' && isInitLayer(top?.path ?? '', branch.path, index);
    // aufs says itself what a branch may hold; overlay's init layer holds mount points only, never a whiteout.
    const access = init && driver !== 'aufs' ? 'ro' : branch.access;
    return {
      ...branch,
      role: init ? 'init' : branch.role,
      access,
      digest: known?.digest ?? null,
      createdBy: known?.createdBy ?? null,
    };
  });
}
