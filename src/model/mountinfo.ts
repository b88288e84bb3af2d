/** One line of proc_pid_mountinfo(5), octal escapes decoded in every field but `superOptions`. */
export type MountLine = {
  readonly id: number;
  readonly parent: number;
  readonly device: string;
  readonly root: string;
  readonly target: string;
  readonly options: readonly string[];
  /** The optional fields: `shared:1`, `master:2`, `propagate_from:3`, `unbindable`. */
  readonly propagation: readonly string[];
  readonly fsType: string;
  readonly source: string;
  /** Split on literal commas, then octal-decoded: overlay's own escapes are still in. */
  readonly superOptions: readonly string[];
};
