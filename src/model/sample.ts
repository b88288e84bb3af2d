import type { CgroupLayout } from './cgroup/layout.ts';
import type { CgroupSample } from './cgroup/sample.ts';
import type { Candidate } from './discovery/candidate.ts';
import type { NamespaceType } from './document/namespace.ts';
import type { Problem } from './document/problem.ts';
import type { EngineFacts, EngineReport } from './engine-facts.ts';
import type { HostGroupsSample } from './host-groups/sample.ts';
import type { LayersSample } from './layers/sample.ts';
import type { MountLine } from './mountinfo.ts';
import type { CgroupMembership, MemberFacts, MemoryShare, NamespaceInodes, ScannedProcess } from './process.ts';
import type { ProcfsSample } from './procview/sample.ts';
import type { Reading } from './reading.ts';

/**
 * Everything read at one instant, raw and JSON-able, so that a recorded sample goes through the same `buildSnapshot`
 * as a live one.
 */
export type Sample = {
  readonly at: { readonly wallMs: number; readonly monotonicUs: number };
  readonly host: HostFacts;
  readonly observer: Observer;
  readonly layout: CgroupLayout;
  /** What we see mounted: where bind mounts and branches of containers come from. */
  readonly hostMounts: readonly MountLine[];
  readonly processes: readonly ScannedProcess[];
  /** Members of containers only, by pid. */
  readonly members: { readonly [pid: number]: MemberFacts };
  /** Of the largest processes of containers whose memory is looked at, by pid. */
  readonly memoryShares: { readonly [pid: number]: Reading<MemoryShare> };
  /** One per container found, by the candidate's key. */
  readonly containers: { readonly [key: string]: ContainerSample };
  /** Null where nobody looks at the groups of the host. */
  readonly hostGroups: HostGroupsSample | null;
  /** Namespaces that descriptors and bind mounts hold; null where namespaces were not asked for. */
  readonly held: readonly HeldNamespace[] | null;
  /** ioctl_ns(2) of every namespace that somebody asked about, by `type:inode`. */
  readonly namespaceFacts: { readonly [typeAndInode: string]: NamespaceKinship };
  readonly engines: readonly EngineReport[];
  /** Containers that the engines know and that do not run: only for `ps -a`. */
  readonly stopped: readonly EngineFacts[];
};

/** proc(5): what the host says of itself. `hertz` is USER_HZ. */
export type HostFacts = {
  readonly name: string;
  readonly kernel: string;
  readonly cpus: number;
  readonly memoryBytes: number | null;
  readonly bootedAtMs: number | null;
  readonly hertz: number;
  readonly pageBytes: number;
  /** From /proc/loadavg: all threads there are, also those that hidepid hides. */
  readonly threads: number | null;
  /** The initial namespaces: those of PID 1, else our own. */
  readonly namespaces: NamespaceInodes;
};

/** nsview itself: what it may see decides what it may claim. */
export type Observer = {
  readonly pid: number;
  readonly uid: number;
  readonly nsPids: readonly number[];
  readonly namespaces: NamespaceInodes;
  readonly cgroups: readonly CgroupMembership[];
  readonly cpuSeconds: number;
  readonly rssBytes: number;
  readonly notices: readonly Problem[];
};

/** What is read of one container beyond its processes. Parts that nobody asked for are null. */
export type ContainerSample = {
  readonly candidate: Candidate;
  readonly facts: EngineFacts | null;
  readonly cgroup: CgroupSample | null;
  readonly mountinfo: Reading<readonly MountLine[]> | null;
  readonly layers: LayersSample | null;
  readonly network: NetworkSample | null;
  readonly security: SecuritySample | null;
  readonly procfs: ProcfsSample | null;
  /** Marks in its root that say what it is: `/.flatpak-info`, `/.dockerenv`, `/run/.containerenv`. */
  readonly rootMarks: readonly string[];
};

/** Interface counters and addresses of the init's network namespace. */
export type NetworkSample = {
  readonly devices: Reading<readonly NetworkDevice[]>;
  /** Null where only counters were asked for. */
  readonly addresses: Reading<readonly NetworkAddress[]> | null;
  /** CLOCK_MONOTONIC of the counters. Where there are many containers, they are not read at every tick. */
  readonly readAtUs: number;
  /** The counters before these, which a rate is taken against. */
  readonly earlier: { readonly devices: Reading<readonly NetworkDevice[]>; readonly readAtUs: number } | null;
};

/** `name` is null where the kernel's tables leave open which interface has the address. */
export type NetworkAddress = { readonly name: string | null; readonly address: string };

/** One line of /proc/PID/net/dev. */
export type NetworkDevice = {
  readonly name: string;
  readonly rxBytes: number;
  readonly rxPackets: number;
  readonly rxErrors: number;
  readonly rxDropped: number;
  readonly txBytes: number;
  readonly txPackets: number;
  readonly txErrors: number;
  readonly txDropped: number;
};

export type SecuritySample = {
  readonly uidMap: Reading<readonly IdMapLine[]>;
  readonly gidMap: Reading<readonly IdMapLine[]>;
  readonly lsm: Reading<string>;
  /** `devices.list` of v1 where there is one. */
  readonly devices: Reading<string>;
};

/** user_namespaces(7): `outside` is relative to the reader's user namespace. */
export type IdMapLine = { readonly inside: number; readonly outside: number; readonly count: number };

/** A namespace kept alive by a descriptor or a bind mount. */
export type HeldNamespace = {
  readonly type: NamespaceType;
  readonly inode: number;
  readonly kind: 'fd' | 'bind';
  readonly where: string;
};

/** ioctl_ns(2). */
export type NamespaceKinship = {
  readonly parent: number | null;
  readonly owner: number | null;
  readonly ownerUid: number | null;
  readonly uniqueId: string | null;
};
