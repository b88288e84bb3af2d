import type { CgroupLayout } from '../model/cgroup/layout.ts';
import type { Candidate } from '../model/discovery/candidate.ts';
import type { Engine } from '../model/document/container.ts';
import type { LayersSample } from '../model/layers/sample.ts';
import type { MountLine } from '../model/mountinfo.ts';
import { gone, ok, type Reading, valueOr } from '../model/reading.ts';
import type { ContainerSample, NetworkSample } from '../model/sample.ts';
import type { Steps } from '../model/steps.ts';
import { cgroupDirectory } from './cgroup/layout.ts';
import { readNetwork, readRootMarks, readSecurity } from './container-parts.ts';
import type { Host } from './host.ts';
import { openBranchUsers } from './layers/branch-users.ts';
import { openContents } from './layers/contents.ts';
import { readLayers, readRootBranches } from './layers/read-layers.ts';
import { readMountinfo } from './proc/mountinfo.ts';
import { openDaemonMemories } from './procview/daemon-memories.ts';
import { readProcfs } from './procview/read-procfs.ts';
import { QUICK_FILES } from './procview/view-input.ts';

type Parts = Pick<ContainerSample, 'mountinfo' | 'layers' | 'network' | 'security' | 'procfs' | 'rootMarks'>;

/**
 * Where the branches of a root are looked for. `mountsApart`: the mount namespace of a process that is in another than we,
 * else null.
 */
type Around = Pick<PartsWanted, 'hostMounts' | 'storageRoots'> & {
  readonly mountsApart: (pid: number) => number | null;
};

/** Mount tables by their namespace. */
type MountTables = Map<number, readonly MountLine[]>;

type PartsWanted = {
  readonly detail: boolean;
  /** With the detail: what it sees in /proc. */
  readonly procfs: boolean;
  /** Of its network namespace, where they were asked for. */
  readonly counters: NetworkSample | null;
  /** Whether to look for marks in roots: a look per container, and a mount table before it. */
  readonly marks: boolean;
  readonly layout: CgroupLayout;
  readonly hostMounts: readonly MountLine[];
  readonly storageRoots: readonly { readonly engine: Engine; readonly root: string }[];
  /** The group's path in v1's devices hierarchy. */
  readonly devicesPath: string | null;
};

type PartsReader = {
  read(candidate: Candidate, wanted: PartsWanted): Parts;
  /** Its layers with what is in their branches; `maxUs` as for `Contents.count`. */
  count(layers: LayersSample, maxUs: number, mounts: readonly MountLine[]): Steps<LayersSample>;
  /** Its layers with who uses each branch. `candidates`: every running container. */
  countUsers(layers: LayersSample, candidates: readonly Candidate[], around: Around): Steps<LayersSample>;
  /** Forgets containers that are no more. */
  keepOnly(keys: ReadonlySet<string>): void;
};

/** Reads what belongs to a container's init. Branches and marks do not change while it lives: they are read once. */
export function openParts(host: Host): PartsReader {
  const marks = new Map<string, readonly string[]>();
  const layers = new Map<string, LayersSample | null>();
  const roots = new Map<string, Reading<readonly string[]>>();
  const contents = openContents(host);
  const users = openBranchUsers(host);
  const memories = openDaemonMemories(host);

  function read(candidate: Candidate, wanted: PartsWanted): Parts {
    const pid = candidate.init ?? candidate.pids[0];
    if (pid === undefined) {
      return { mountinfo: null, layers: null, network: wanted.counters, security: null, procfs: null, rootMarks: [] };
    }
    const mountinfo = wanted.detail ? readMountinfo(host, pid) : null;
    return {
      mountinfo,
      layers: mountinfo?.status === 'ok' ? layersOf(candidate, mountinfo.value, wanted) : null,
      network: wanted.detail ? readNetwork(host, pid, wanted.counters) : wanted.counters,
      security: wanted.detail ? readSecurity(host, pid, devicesList(wanted)) : null,
      procfs:
        wanted.procfs && mountinfo?.status === 'ok' ? procfsOf(candidate, pid, mountinfo.value, wanted.layout) : null,
      rootMarks: wanted.marks ? marksOf(candidate, pid) : [],
    };
  }

  function procfsOf({ key }: Candidate, pid: number, mountinfo: readonly MountLine[], layout: CgroupLayout) {
    const sample = readProcfs(host, pid, { layout, mountinfo, files: QUICK_FILES });
    return { ...sample, history: memories.read(key, sample, layout) };
  }

  function layersOf(candidate: Candidate, mountinfo: readonly MountLine[], wanted: PartsWanted) {
    const known = layers.get(candidate.key);
    if (known !== undefined) {
      return known;
    }
    const { supervisor } = candidate;
    const found = readLayers(host, {
      mountinfo,
      hostMounts: wanted.hostMounts,
      supervisorMounts: supervisor === null ? null : valueOr(readMountinfo(host, supervisor), null),
      containerId: candidate.id,
      storageRoots: wanted.storageRoots,
    });
    layers.set(candidate.key, found);
    return found;
  }

  function* countUsers(found: LayersSample, candidates: readonly Candidate[], around: Around): Steps<LayersSample> {
    const all: Reading<readonly string[]>[] = [];
    const tables: MountTables = new Map();
    for (const candidate of candidates) {
      const known = roots.get(candidate.key) ?? rootOf(candidate, around, tables);
      if ((known.status === 'ok' || known.status === 'denied') && !candidate.starting) {
        roots.set(candidate.key, known);
      }
      all.push(known);
      yield;
    }
    return yield* users.count(found, all);
  }

  /** A mount table of each container once: a root stays what it is. */
  function rootOf(candidate: Candidate, around: Around, tables: MountTables): Reading<readonly string[]> {
    const { hostMounts, storageRoots } = around;
    const pid = candidate.init ?? candidate.pids[0];
    const mountinfo = pid === undefined ? gone : readMountinfo(host, pid);
    if (mountinfo.status !== 'ok') {
      return mountinfo;
    }
    const supervisorMounts = mountsOf(candidate.supervisor, around, tables);
    const found = readRootBranches(host, { mountinfo: mountinfo.value, hostMounts, supervisorMounts, storageRoots });
    return found === null ? gone : ok(found);
  }

  /** What a supervisor sees mounted, where that is not what we see. One namespace may have those of all containers. */
  function mountsOf(pid: number | null, { mountsApart }: Around, tables: MountTables): readonly MountLine[] | null {
    const namespace = pid === null ? null : mountsApart(pid);
    if (pid === null || namespace === null) {
      return null;
    }
    const mounts = tables.get(namespace) ?? valueOr(readMountinfo(host, pid), null);
    if (mounts !== null) {
      tables.set(namespace, mounts);
    }
    return mounts;
  }

  /** Only where no engine vouches for it may a mark turn a container into a sandbox. */
  function marksOf(candidate: Candidate, pid: number): readonly string[] {
    if (candidate.engine !== 'unknown') {
      return [];
    }
    const found = marks.get(candidate.key) ?? readRootMarks(host, pid);
    marks.set(candidate.key, found);
    return found;
  }

  function keepOnly(keys: ReadonlySet<string>): void {
    for (const known of [marks, layers, roots]) {
      for (const key of [...known.keys()]) {
        if (!keys.has(key)) {
          known.delete(key);
        }
      }
    }
    memories.keepOnly(keys);
    contents.keepOnly([...layers.values()]);
  }

  return { read, count: contents.count, countUsers, keepOnly };
}

function devicesList({ layout, devicesPath }: PartsWanted): string | null {
  const mount = layout.v1['devices'];
  if (mount === undefined || devicesPath === null) {
    return null;
  }
  const directory = cgroupDirectory(mount, devicesPath);
  return directory === null ? null : `${directory}/devices.list`;
}
