import type { MountLine } from '../mountinfo.ts';
import type { Reading } from '../reading.ts';

/** The root mount of a container and what its branches were found to be. */
export type LayersSample = {
  readonly driver: 'overlay' | 'aufs' | 'fuse-overlayfs' | 'none';
  readonly root: MountLine;
  /** Top first, absolute where they could be resolved on the host. */
  readonly branches: readonly BranchSample[];
};

export type BranchSample = {
  /** As the mount names it. */
  readonly named: string;
  /** Absolute on the host, links of the store resolved; the name itself where it could not be. */
  readonly path: string;
  readonly role: 'rw' | 'init' | 'image' | 'data';
  readonly access: 'rw' | 'ro' | 'ro+wh';
  readonly digest: string | null;
  readonly createdBy: string | null;
  /** Entries, bytes of regular files, whiteouts: null where the walk was not asked for. */
  readonly content: Reading<{ readonly files: number; readonly bytes: number; readonly whiteouts: number }> | null;
};
