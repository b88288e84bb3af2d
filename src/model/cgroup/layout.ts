/**
 * Where the hierarchies are mounted. `root` is the mount's root field: what must be taken off a path of /proc/PID/cgroup
 * before it is joined to `mountPoint`.
 */
export type CgroupMount = { readonly mountPoint: string; readonly root: string };

export type CgroupLayout = {
  readonly kind: 'legacy' | 'hybrid' | 'unified' | 'none';
  /** v1: by controller, `name=systemd` included; co-mounted controllers each have an entry. */
  readonly v1: { readonly [controller: string]: CgroupMount };
  readonly v2: CgroupMount | null;
};
