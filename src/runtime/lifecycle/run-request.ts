import type { CgroupLayout } from '../../model/cgroup/layout.ts';
import type { Resources } from '../cgroups/resources.ts';
import type { ImageDefaults } from '../image/image-config.ts';
import type { MountFlag, MountOption, NamedValue, PortSpec } from '../spec.ts';

/** What a new container shares with another: the host, a container of ours by id, or nothing. */
export type Sharing =
  | { readonly kind: 'own' }
  | { readonly kind: 'host' }
  | { readonly kind: 'container'; readonly id: string };

/** `docker run` as it was typed, each value read but nothing looked up yet. Null: not asked for. */
export type RunRequest = {
  readonly root: RunRoot;
  /** After the image or `--`. */
  readonly command: readonly string[];
  readonly entrypoint: string | null;
  readonly name: string | null;
  readonly hostname: string | null;
  readonly env: readonly string[];
  readonly labels: { readonly [name: string]: string };
  readonly workdir: string | null;
  readonly user: string | null;
  readonly groups: readonly string[];
  readonly detached: boolean;
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly init: boolean;
  readonly autoRemove: boolean;
  readonly readOnly: boolean;
  readonly privileged: boolean;
  readonly noNewPrivileges: boolean;
  /** `default`, `unconfined`, or the path of a profile. */
  readonly seccomp: string;
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  readonly devices: readonly string[];
  readonly ulimits: readonly string[];
  readonly sysctls: readonly NamedValue[];
  readonly mounts: readonly MountRequest[];
  readonly volumesFrom: readonly VolumesFrom[];
  readonly net: Sharing;
  readonly pid: Sharing;
  readonly ipc: Sharing;
  readonly uts: Sharing;
  /** `host`, `auto`, or maps as text. */
  readonly userns: string | null;
  readonly ports: readonly PortSpec[];
  /** An interface on the store's bridge, in a network namespace of its own. */
  readonly bridge: boolean;
  readonly cgroupParent: string;
  readonly resources: Resources;
  readonly stopSignal: number | null;
  readonly stopTimeoutSeconds: number | null;
  /** Where the lxcfs(8) is mounted that answers for its /proc. */
  readonly lxcfs: string | null;
  readonly layout: CgroupLayout;
};

/** All files and volumes of the host that another container of ours has. */
export type VolumesFrom = { readonly id: string; readonly readOnly: boolean };

export type MountRequest =
  | {
      readonly kind: 'bind';
      readonly source: string;
      readonly target: string;
      readonly flags: readonly MountFlag[];
      readonly propagation: 'private' | 'slave' | 'shared';
      /** Makes a directory where the source is missing, as -v does and --mount does not. */
      readonly makeSource: boolean;
    }
  /** A directory of the store; without a name one of its own, which goes with the container. */
  | {
      readonly kind: 'volume';
      readonly name: string | null;
      readonly target: string;
      readonly flags: readonly MountFlag[];
    }
  | {
      readonly kind: 'tmpfs';
      readonly target: string;
      readonly flags: readonly MountFlag[];
      readonly options: readonly MountOption[];
    };

/** Where the root comes from: `layers`, the topmost first, with what the image says of running it. */
export type RunRoot = {
  readonly image: string | null;
  readonly layers: readonly string[];
  readonly defaults: ImageDefaults;
};
