import type { Problem } from '../../model/document/problem.ts';
import type { LayersSample } from '../../model/layers/sample.ts';
import type { Failure, Reading } from '../../model/reading.ts';
import type { Steps } from '../../model/steps.ts';
import type { Host } from '../host.ts';
import { countImages, type ImageCounts, type KnownImages } from './image-counts.ts';
import { layerDirectory } from './recognise-store.ts';
import { storeProblem } from './store-problem.ts';

/** Of each running container the paths of the branches that its root is made of, or why they are unknown. */
export type RootBranches = readonly Reading<readonly string[]>[];

type BranchUsers = {
  /** The layers with how many containers stand on each branch, and how many images have it. */
  count(layers: LayersSample, roots: RootBranches): Steps<LayersSample>;
};

/** Images come and go: they are counted again after so long. */
const FRESH_US = 10_000_000;

/** Counts who else stands on the branches of a container. */
export function openBranchUsers(host: Host): BranchUsers {
  let counted: { readonly top: string; readonly images: ImageCounts | Problem; readonly staleAtUs: number } | null =
    null;
  const known: KnownImages = new Map();

  return {
    *count(layers, roots) {
      const top = layers.branches[0]?.path;
      if (top === undefined) {
        return layers;
      }
      if (counted?.top !== top || host.monotonicUs() >= counted.staleAtUs) {
        const images = yield* countImages(host, layers, known);
        counted = { top, images, staleAtUs: host.monotonicUs() + FRESH_US };
      }
      const { images } = counted;
      const unread = roots.filter((root): root is Failure => root.status !== 'ok' && root.status !== 'gone');
      const containers = unread.length > 0 ? null : countPaths(roots);
      return {
        ...layers,
        branches: layers.branches.map((branch) => ({
          ...branch,
          users: {
            containers: containers === null ? null : (containers.get(branch.path) ?? 0),
            images: images instanceof Map ? (images.get(layerDirectory(branch.path) ?? branch.path) ?? 0) : null,
          },
        })),
        problems: [...layers.problems, ...unreadRoots(unread), ...('message' in images ? [images] : [])],
      };
    },
  };
}

function countPaths(roots: RootBranches): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const root of roots) {
    for (const path of new Set(root.status === 'ok' ? root.value : [])) {
      counts.set(path, (counts.get(path) ?? 0) + 1);
    }
  }
  return counts;
}

function unreadRoots(unread: readonly Failure[]): readonly Problem[] {
  const [first] = unread;
  const what = `it is unknown how many containers stand on the branches: the roots of ${unread.length} could not be read`;
  return first === undefined ? [] : [storeProblem(first, '/proc/PID/mountinfo', what)];
}
