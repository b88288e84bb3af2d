import type { Limit } from '../model/limit.ts';
import type { CgroupJoin, CgroupSpec } from './cgroup-spec.ts';

/**
 * Everything one container is made of, resolved: no name is looked up and no default is filled in after this. Plain data:
 * but for the bytes of its two
 * programs it survives JSON.
 */
export type ContainerSpec = {
  /** 64 hexadecimal digits. */
  readonly id: string;
  readonly rootfs: RootfsSpec;
  readonly namespaces: NamespacesSpec;
  /** Null where the user namespace is not new. */
  readonly userMaps: UserMaps | null;
  readonly cgroup: CgroupSpec;
  /** In the order of mounting: parents before children. Masked and read-only paths come after all of them. */
  readonly mounts: readonly MountSpec[];
  /** Nodes made in the container's own /dev, which is a `dev` mount. */
  readonly devices: readonly DeviceSpec[];
  /** Paths inside the container. One that is absent is skipped; one that is a link fails the start. */
  readonly maskedPaths: readonly string[];
  readonly readonlyPaths: readonly string[];
  /** The root file system read-only once everything is mounted. */
  readonly readonlyRootfs: boolean;
  /** Null keeps the host's; only for a new UTS namespace. */
  readonly hostname: string | null;
  readonly domainname: string | null;
  /** `net/ipv4/ip_forward` or with dots, to its value; only those of the container's own namespaces. */
  readonly sysctls: readonly NamedValue[];
  readonly process: ProcessSpec;
  readonly terminal: TerminalSpec;
  /** A small PID 1 of ours that reaps and forwards signals, before the command. */
  readonly init: boolean;
  /** Bound before the container starts, served while it runs. */
  readonly ports: readonly PortSpec[];
  /** Null: no interface but the namespace's own. */
  readonly bridge: BridgeSpec | null;
  /** False: the container dies with the process that launched it. */
  readonly detached: boolean;
  readonly files: StateFiles;
  /** What the helper itself takes away at the end; null: it stays until somebody removes it. */
  readonly discard: DiscardSpec | null;
};

/** The name and the files of one container. */
export type DiscardSpec = {
  /** The link from its name to its id. */
  readonly link: string;
  readonly id: string;
  readonly directory: string;
  /** What the directory is called until all of it is gone. */
  readonly trash: string;
};

/** `layers`: an overlay, top first. `directory`: written to in place. */
export type RootfsSpec =
  | {
      readonly kind: 'overlay';
      /** The first is the topmost; not the writable one. */
      readonly lowers: readonly string[];
      readonly upper: string;
      readonly work: string;
      /** A layer of ours above the image: real directories to mount on and the files of /etc. Null: none. */
      readonly initLayer: InitLayerSpec | null;
    }
  | { readonly kind: 'directory'; readonly path: string };

/** Made fresh by the helper in `directory`, which exists and is empty. */
type InitLayerSpec = {
  readonly directory: string;
  /** Whole texts. */
  readonly hostname: string;
  readonly hosts: string;
  readonly resolvConf: string;
};

/** A process that cannot be taken for another: its number may be used again, together with its start it cannot. */
export type ProcessRef = {
  readonly pid: number;
  /** Field 22 of proc_pid_stat(5). */
  readonly startTicks: number;
};

export type NamespaceSource = 'new' | 'host' | ProcessRef;

/** A container always has a mount namespace of its own. */
export type NamespacesSpec = {
  readonly pid: NamespaceSource;
  readonly net: NamespaceSource;
  readonly uts: NamespaceSource;
  readonly ipc: NamespaceSource;
  readonly cgroup: NamespaceSource;
  /** Another's cannot be joined: the mount namespace would not belong to it. */
  readonly user: 'new' | 'host';
};

/** One line of user_namespaces(7) uid_map. */
export type IdMap = { readonly inside: number; readonly outside: number; readonly count: number };

export type UserMaps = {
  readonly uid: readonly IdMap[];
  readonly gid: readonly IdMap[];
  /** False only where an ordinary user maps one id: the kernel then wants setgroups denied. */
  readonly setgroups: boolean;
  /** True when the layers belong to the host's ids and are shown through the maps (mount_setattr(2) MOUNT_ATTR_IDMAP). */
  readonly idmapLayers: boolean;
};

/** Of mount(8). */
export type MountFlag =
  | 'ro'
  | 'nosuid'
  | 'nodev'
  | 'noexec'
  | 'noatime'
  | 'relatime'
  | 'nodiratime'
  | 'strictatime'
  | 'nosymfollow';

export type MountSpec =
  | {
      readonly kind: 'filesystem';
      readonly fsType: 'proc' | 'sysfs' | 'tmpfs' | 'mqueue' | 'devpts' | 'cgroup' | 'cgroup2';
      readonly source: string;
      readonly target: string;
      readonly flags: readonly MountFlag[];
      /** Of the file system: `{name: 'size', value: '64m'}`; a null value for a bare word. */
      readonly options: readonly MountOption[];
      /** A refusal is reported and the start goes on (an mqueue on a kernel without). */
      readonly optional: boolean;
    }
  /** The container's /dev: a tmpfs with `devices` and the usual links in it before anyone sees it. */
  | { readonly kind: 'dev'; readonly target: '/dev'; readonly options: readonly MountOption[] }
  | {
      readonly kind: 'bind';
      /** A path of the host; its last link is followed, once. */
      readonly source: string;
      /** Made where missing: a directory, or a file when the source is none. */
      readonly target: string;
      readonly recursive: boolean;
      readonly flags: readonly MountFlag[];
      readonly propagation: 'private' | 'slave' | 'shared';
    }
  /** The mount that another process has at the same place, as its mount namespace shows it. */
  | {
      readonly kind: 'other';
      readonly process: ProcessRef;
      readonly target: string;
      readonly flags: readonly MountFlag[];
    }
  /** A file of an lxcfs(8) over the kernel's own: it says what the container may use where that says what the host has. */
  | { readonly kind: 'cover'; readonly source: string; readonly target: string };

export type MountOption = { readonly name: string; readonly value: string | null };

/** A node of a device; where it stands is told by who has it. */
export type DeviceNode = {
  readonly path: string;
  readonly type: 'c' | 'b';
  readonly major: number;
  readonly minor: number;
  /** Permission bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
};

/** Its path is below /dev. */
export type DeviceSpec = DeviceNode & {
  /** The host's node, bound instead of made: within a user namespace the kernel makes no nodes. Null: made. */
  readonly bindFrom: string | null;
};

export type NamedValue = { readonly name: string; readonly value: string };

/** What the command is and what it may do; the same for `run` and `exec`. */
export type ProcessSpec = {
  /** argv[0] is looked up in the PATH of `env` within the container. */
  readonly argv: readonly string[];
  /** NAME=VALUE. */
  readonly env: readonly string[];
  /** Made where missing. */
  readonly cwd: string;
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
  readonly umask: number;
  readonly capabilities: CapabilitySets;
  readonly noNewPrivileges: boolean;
  /** Array of struct sock_filter (seccomp(2)), of this machine's byte order; null: no filter. */
  readonly seccomp: Uint8Array | null;
  readonly rlimits: readonly RlimitSpec[];
  /** Of proc_pid_oom_score_adj(5); null keeps it. A refusal is reported and the start goes on. */
  readonly oomScoreAdj: number | null;
};

/** Bit masks of capabilities(7) numbers. Inheritable and ambient stay empty. */
export type CapabilitySets = {
  readonly bounding: number;
  readonly effective: number;
  readonly permitted: number;
};

export type RlimitName =
  | 'as'
  | 'core'
  | 'cpu'
  | 'data'
  | 'fsize'
  | 'locks'
  | 'memlock'
  | 'msgqueue'
  | 'nice'
  | 'nofile'
  | 'nproc'
  | 'rss'
  | 'rtprio'
  | 'rttime'
  | 'sigpending'
  | 'stack';

/** `optional`: a refusal (no CAP_SYS_RESOURCE) is reported and the start goes on. */
export type RlimitSpec = {
  readonly name: RlimitName;
  readonly soft: Limit;
  readonly hard: Limit;
  readonly optional: boolean;
};

type TerminalSpec = {
  /** A pseudo-terminal of the container's own devpts. */
  readonly tty: boolean;
  /** The launcher's standard input goes in; else /dev/null (with a tty: nothing is typed). */
  readonly stdin: boolean;
};

export type PortSpec = {
  readonly hostAddress: string;
  /** 0: the kernel chooses. */
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: 'tcp';
};

/** A pair of interfaces: one on a bridge of the host, its peer the container's eth0. */
export type BridgeSpec = {
  /** The bridge's name; made where missing, removed with its last container. */
  readonly bridge: string;
  /** The bridge's own IPv4 address, by which the host and the containers reach each other. */
  readonly gateway: string;
  readonly prefixLength: number;
  /** The container's. */
  readonly address: string;
  /** The name of the host's end; its alias (ip-link(8)) is the container's id. */
  readonly veth: string;
  /** Held locked (flock(2)) while links of the bridge are made or removed. */
  readonly lock: string;
};

/** Paths of the host, in the container's own state directory. Null: not wanted. */
type StateFiles = {
  /** Held locked (flock(2)) while the container or its monitor lives. */
  readonly lock: string | null;
  /** What the command prints, in the format of log-line.ts. */
  readonly log: string | null;
  /** How it ended, in the format of exit-record.ts; written whole, then renamed. */
  readonly exit: string | null;
};

/** A command more in a running container. */
export type ExecSpec = {
  readonly target: ProcessRef;
  /** Those to enter: not the ones that the target shares with the host. */
  readonly namespaces: readonly NamespaceType[];
  /** As stored when the container was made, not as the target tells today. */
  readonly joins: readonly CgroupJoin[];
  readonly process: ProcessSpec;
  readonly terminal: TerminalSpec;
  readonly detached: boolean;
};

export type NamespaceType = 'cgroup' | 'ipc' | 'mnt' | 'net' | 'pid' | 'user' | 'uts';
