import type { Problem } from '../document/problem.ts';
import type { MountLine } from '../mountinfo.ts';
import type { Reading } from '../reading.ts';

/** The root mount of a container and what its branches were found to be. */
export type LayersSample = {
  readonly driver: 'overlay' | 'aufs' | 'fuse-overlayfs' | 'none';
  readonly root: MountLine;
  /** Where the root directory is on the host, when it is a plain directory there (driver none); else null. */
  readonly directory: string | null;
  /** Top first, absolute where they could be resolved on the host. */
  readonly branches: readonly BranchSample[];
  /** Why paths, digests or instructions are unknown. */
  readonly problems: readonly Problem[];
};

export type BranchSample = {
  /** As the mount names it. */
  readonly named: string;
  /** Absolute on the host, links of the store resolved; the name itself where it could not be. */
  readonly path: string;
  readonly role: 'rw' | 'init' | 'image' | 'data';
  readonly access: 'rw' | 'ro' | 'ro+wh';
  /** The diff digest, `sha256:…`: what `docker inspect` has in RootFS.Layers. */
  readonly digest: string | null;
  /** The instruction of the image's history that made it. */
  readonly createdBy: string | null;
  /** Null where nobody asked for the walk; `unsupported` with EAGAIN as long as it goes on. */
  readonly content: Reading<BranchContent> | null;
  /** Who uses it; null where nobody asked, each figure where it is unknown, which the problems say. */
  readonly users: BranchUsers | null;
};

/** `containers`: running ones whose root it is a branch of. `images`: those of its store, as the engine lists them. */
type BranchUsers = { readonly containers: number | null; readonly images: number | null };

/**
 * What a walk of a branch counted. `files`: everything but directories and whiteouts. `bytes`: of regular files, each
 * once however many names it has. `whiteouts`: names that hide what is below, each counted, though one inode may serve
 * them all.
 */
export type BranchContent = { readonly files: number; readonly bytes: number; readonly whiteouts: number };
