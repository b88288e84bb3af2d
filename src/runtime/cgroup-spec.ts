/** What is done in the cgroup tree, by paths of the host. */
export type CgroupSpec = {
  /** Made in this order; one that exists already is taken. */
  readonly directories: readonly string[];
  /** After all directories, in this order, each read back where `verify`. */
  readonly writes: readonly CgroupWrite[];
  /** What may be done with devices, in version 2: a program instead of files. Null: anything, or version 1 says it. */
  readonly devices: DeviceProgram | null;
  /** Where the container's processes go. At most one of version 2. */
  readonly joins: readonly CgroupJoin[];
  /** Read once the container has ended and kept in the exit file as they are (memory.oom_control, cpuacct.usage, …). */
  readonly finals: readonly string[];
  /** Removed at the end with all groups below them, in this order. */
  readonly removes: readonly string[];
  /** Above those, made for them: removed when nothing is in them any more, the deepest first. */
  readonly parents: readonly string[];
};

/** Array of struct bpf_insn (bpf(2), BPF_PROG_TYPE_CGROUP_DEVICE), attached to the group. */
export type DeviceProgram = { readonly directory: string; readonly program: Uint8Array };

export type CgroupWrite = {
  readonly file: string;
  readonly value: string;
  /** A refusal is reported and the start goes on. */
  readonly optional: boolean;
};

export type CgroupJoin = { readonly version: 1 | 2; readonly directory: string };
