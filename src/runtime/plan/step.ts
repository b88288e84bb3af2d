import type { Limit } from '../../model/limit.ts';
import type {
  DeviceNode,
  DiscardSpec,
  MountFlag,
  MountOption,
  NamedValue,
  NamespaceType,
  ProcessRef,
  RlimitName,
} from '../spec.ts';

/**
 * One step of a start, as a person reads it and as the helper does it. The helper reports each by its id, so that what
 * `--explain` prints is what happened.
 */
export type Step = {
  /** The position in the plan, from 0. */
  readonly id: number;
  /** Who does it: the helper on the host, the container's first process, or the helper once the command has ended. */
  readonly phase: 'host' | 'child' | 'monitor';
  /** One sentence for a person. */
  readonly says: string;
  /** The system call as strace(1) would show it, shortened. */
  readonly call: string;
  readonly changes: 'namespace' | 'cgroup' | 'mount' | 'network' | 'security' | 'process' | 'state';
  readonly op: Op;
};

/** A descriptor that a later step uses: a number of the plan's own, not of the kernel. */
export type Slot = number;

/** What the helper is told; src/runtime/plan/encode.ts and native/init/plan.h have the bytes. */
export type Op =
  | { readonly kind: 'sealed' }
  | { readonly kind: 'lock'; readonly path: string }
  | { readonly kind: 'stdio'; readonly tty: boolean; readonly stdin: boolean; readonly log: string | null }
  | { readonly kind: 'cgroup-make'; readonly path: string }
  | { readonly kind: 'cgroup-write'; readonly file: string; readonly value: string; readonly optional: boolean }
  | { readonly kind: 'cgroup-devices'; readonly directory: string; readonly program: Uint8Array }
  | {
      readonly kind: 'init-layer';
      readonly directory: string;
      readonly hostname: string;
      readonly hosts: string;
      readonly resolvConf: string;
    }
  | { readonly kind: 'map-holder'; readonly slot: Slot; readonly uidMap: string; readonly gidMap: string }
  | {
      readonly kind: 'overlay';
      readonly slot: Slot;
      readonly lowers: readonly string[];
      readonly upper: string;
      readonly work: string;
      readonly options: readonly MountOption[];
      /** A `map-holder`'s; null: the layers keep their ids. */
      readonly mapSlot: Slot | null;
      /** Of the root directory, by the host's ids. */
      readonly owner: { readonly uid: number; readonly gid: number };
    }
  | { readonly kind: 'open-tree'; readonly slot: Slot; readonly path: string; readonly recursive: boolean }
  /** In the mount namespace of an `open-process`. */
  | { readonly kind: 'open-other-tree'; readonly slot: Slot; readonly processSlot: Slot; readonly path: string }
  /** A pidfd, which stands for the namespaces of its process too. */
  | { readonly kind: 'open-process'; readonly slot: Slot; readonly process: ProcessRef }
  | { readonly kind: 'open-directory'; readonly slot: Slot; readonly path: string }
  /** The process's pid namespace is that of children made after this. */
  | { readonly kind: 'enter'; readonly slot: Slot; readonly namespaces: readonly NamespaceType[] }
  | {
      readonly kind: 'clone';
      readonly namespaces: readonly NamespaceType[];
      /** An `open-directory` of a cgroup of version 2. */
      readonly cgroupSlot: Slot | null;
    }
  | {
      readonly kind: 'id-maps';
      readonly uidMap: string;
      readonly gidMap: string;
      readonly setgroups: boolean;
    }
  | { readonly kind: 'oom-score-adj'; readonly value: number }
  | { readonly kind: 'go' }
  | { readonly kind: 'lifeline' }
  | { readonly kind: 'cgroup-join'; readonly directory: string }
  | { readonly kind: 'unshare'; readonly namespaces: readonly NamespaceType[] }
  | { readonly kind: 'await' }
  | { readonly kind: 'become-root' }
  | { readonly kind: 'session' }
  | { readonly kind: 'slave-mounts' }
  | { readonly kind: 'loopback' }
  | { readonly kind: 'hostname'; readonly value: string }
  | { readonly kind: 'domainname'; readonly value: string }
  | { readonly kind: 'attach-root'; readonly slot: Slot }
  | {
      readonly kind: 'mount';
      readonly fsType: string;
      readonly source: string;
      readonly target: string;
      readonly flags: readonly MountFlag[];
      readonly options: readonly MountOption[];
      readonly optional: boolean;
    }
  | {
      readonly kind: 'mount-dev';
      readonly options: readonly MountOption[];
      readonly directories: readonly string[];
      readonly links: readonly NamedValue[];
    }
  | (DeviceNode & {
      readonly kind: 'device';
      /** An `open-tree` of the host's node to bind instead. */
      readonly bindSlot: Slot | null;
    })
  | { readonly kind: 'attach-dev' }
  | {
      readonly kind: 'bind';
      readonly slot: Slot;
      readonly target: string;
      readonly recursive: boolean;
      readonly flags: readonly MountFlag[];
      readonly propagation: 'private' | 'slave' | 'shared';
    }
  /** An `open-tree` over a file of the container's own proc or sysfs; absent there: nothing. */
  | { readonly kind: 'cover'; readonly slot: Slot; readonly path: string }
  | { readonly kind: 'pivot' }
  | { readonly kind: 'terminal'; readonly uid: number; readonly console: boolean }
  | { readonly kind: 'std-null' }
  | { readonly kind: 'sysctl'; readonly name: string; readonly value: string }
  | { readonly kind: 'read-only'; readonly path: string }
  | { readonly kind: 'mask'; readonly path: string }
  | { readonly kind: 'read-only-root' }
  | {
      readonly kind: 'rlimit';
      readonly resource: RlimitName;
      readonly soft: Limit;
      readonly hard: Limit;
      readonly optional: boolean;
    }
  | { readonly kind: 'cwd'; readonly path: string }
  | { readonly kind: 'bounding'; readonly mask: number }
  | {
      readonly kind: 'identity';
      readonly uid: number;
      readonly gid: number;
      readonly groups: readonly number[];
      readonly setgroups: boolean;
      readonly umask: number;
    }
  | { readonly kind: 'capabilities'; readonly effective: number; readonly permitted: number }
  | { readonly kind: 'close-descriptors' }
  | { readonly kind: 'no-new-privileges' }
  | { readonly kind: 'seccomp'; readonly filter: Uint8Array }
  | {
      readonly kind: 'exec';
      readonly argv: readonly string[];
      readonly env: readonly string[];
      /** A PID 1 of ours stays before the command. */
      readonly init: boolean;
    }
  /** The file of the record, with room for it: a disk that is full by then does not lose how it ended. */
  | { readonly kind: 'exit-reserve'; readonly path: string }
  | { readonly kind: 'exit-record'; readonly path: string; readonly finals: readonly string[] }
  | { readonly kind: 'cgroup-remove'; readonly path: string }
  | { readonly kind: 'cgroup-remove-empty'; readonly path: string }
  | ({ readonly kind: 'discard' } & DiscardSpec)
  /** Mounts and directories after this are where the host's own paths say, not in a root of the container's. */
  | { readonly kind: 'host-root' }
  | { readonly kind: 'make-directory'; readonly path: string }
  /** Instead of a command: the process only keeps its namespaces. */
  | { readonly kind: 'hold' }
  /** The mount of the slot, unless another stands there by now. */
  | { readonly kind: 'unmount'; readonly slot: Slot; readonly path: string }
  /** Listens on the host, before the clone; the report's detail is the address and port, also where the kernel chose. */
  | {
      readonly kind: 'publish';
      readonly address: string;
      readonly hostPort: number;
      readonly containerPort: number;
    }
  /** Of the host, after the clone: the bridge where missing, and a pair of interfaces into the container. */
  | {
      readonly kind: 'bridge';
      readonly lock: string;
      readonly bridge: string;
      /** With the length of the prefix: `10.213.0.1/22`. */
      readonly gateway: string;
      readonly veth: string;
      readonly alias: string;
    }
  /** After the clone: serves all that was published, in a process of its own. */
  | {
      readonly kind: 'proxy';
      /** Tried after 127.0.0.1 and ::1; null: there is no other. */
      readonly address: string | null;
    }
  /** Of the child, once it may go: the address of its end and the way out. */
  | { readonly kind: 'interface'; readonly address: string; readonly gateway: string }
  /** Of the monitor: what was on its way is delivered, then the proxy is gone. */
  | { readonly kind: 'proxy-end' }
  /** Of the monitor: the pair is removed, and the bridge when it was the last. */
  | {
      readonly kind: 'bridge-end';
      readonly lock: string;
      readonly bridge: string;
      readonly veth: string;
      readonly alias: string;
    };
