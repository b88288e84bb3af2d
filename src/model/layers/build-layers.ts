import type { Branch, Layers } from '../document/layers.ts';
import type { Problem } from '../document/problem.ts';
import type { MountLine } from '../mountinfo.ts';
import { problemOf } from '../problem.ts';
import type { Failure } from '../reading.ts';
import type { BranchSample, LayersSample } from './sample.ts';

/** The branches of a root file system as the document has them, and why some of their figures are null. */
export function buildLayers(sample: LayersSample): { readonly layers: Layers; readonly problems: readonly Problem[] } {
  const problems = [...sample.problems];
  const branches = sample.branches.map((branch, index) => {
    if (branch.content !== null && branch.content.status !== 'ok') {
      problems.push(contentProblem(branch.content, branch.path));
    }
    return buildBranch(branch, index);
  });
  return {
    layers: {
      driver: sample.driver,
      mountPoint: sample.root.target,
      source: sample.directory ?? sample.root.source,
      options: mountOptions(sample.root),
      branches,
    },
    problems,
  };
}

function buildBranch(branch: BranchSample, index: number): Branch {
  const content = branch.content?.status === 'ok' ? branch.content.value : null;
  return {
    index,
    role: branch.role,
    access: branch.access,
    path: branch.path,
    digest: branch.digest,
    createdBy: branch.createdBy,
    files: content?.files ?? null,
    bytes: content?.bytes ?? null,
    whiteouts: content?.whiteouts ?? null,
    containers: branch.users?.containers ?? null,
    images: branch.users?.images ?? null,
  };
}

function contentProblem(failure: Failure, path: string): Problem {
  if (failure.status === 'unsupported' && failure.code === 'EAGAIN') {
    return {
      path,
      code: 'EAGAIN',
      message: 'there are many files in the branch: they are still being counted',
      remedy: null,
    };
  }
  if (failure.status === 'unsupported' && failure.code === 'E2BIG') {
    return { path, code: 'E2BIG', message: 'the branch has too many files to count in passing', remedy: null };
  }
  if (failure.status === 'unsupported' && failure.code === 'FUSE') {
    return {
      path,
      code: 'FUSE',
      message: 'a FUSE daemon answers for the branch, which is not waited for',
      remedy: null,
    };
  }
  return (
    problemOf(failure, path) ?? {
      path,
      code: 'ENOENT',
      message: 'the branch is not where the mount says, as seen from here',
      remedy: null,
    }
  );
}

/** Options that name one branch each, and may be there often: the branches themselves say it. */
const BRANCH_OPTIONS: readonly string[] = ['lowerdir+', 'datadir+'];

/** Options of the file system and of the mount as one record: `true` for a bare word. `ro` of either wins over `rw`. */
function mountOptions(mount: MountLine): Layers['options'] {
  const options = new Map<string, string | true>();
  for (const option of [...mount.superOptions, ...mount.options]) {
    const equals = option.indexOf('=');
    const key = equals < 0 ? option : option.slice(0, equals);
    if (key !== '' && !BRANCH_OPTIONS.includes(key)) {
      options.set(key, equals < 0 ? true : option.slice(equals + 1));
    }
  }
  if (options.has('ro')) {
    options.delete('rw');
  }
  return Object.fromEntries(options);
}
