import type { Digest } from './digest.ts';

/** An image's configuration (image-spec, config.md), as far as it is used here. */
export type ImageConfig = {
  readonly architecture: string;
  readonly os: string;
  /** RFC 3339. */
  readonly created?: string;
  readonly config?: ImageDefaults;
  readonly rootfs: { readonly type: 'layers'; readonly diff_ids: readonly Digest[] };
  readonly history?: readonly HistoryStep[];
};

/** What a container of the image is run with where the command line does not say. */
export type ImageDefaults = {
  readonly User?: string;
  /** `80/tcp` */
  readonly ExposedPorts?: { readonly [port: string]: object };
  readonly Env?: readonly string[];
  readonly Entrypoint?: readonly string[] | null;
  readonly Cmd?: readonly string[] | null;
  readonly Volumes?: { readonly [target: string]: object };
  readonly WorkingDir?: string;
  readonly Labels?: { readonly [name: string]: string };
  readonly StopSignal?: string;
};

type HistoryStep = {
  readonly created?: string;
  readonly created_by?: string;
  readonly comment?: string;
  /** A step that changed the configuration only. */
  readonly empty_layer?: boolean;
};
