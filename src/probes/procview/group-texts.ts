import type { CgroupLayout, CgroupMount } from '../../model/cgroup/layout.ts';
import { pathsAbove, prunedPath } from '../../model/procview/input.ts';
import { valueOr } from '../../model/reading.ts';
import { cgroupDirectory } from '../cgroup/layout.ts';
import type { Host } from '../host.ts';

type Texts = { [key: string]: string };

/** Where the groups of one reader are: its paths by controller, and the file texts that lxcfs would read. */
export type GroupTexts = {
  readonly cgroups: Texts;
  readonly swapAccounted: boolean;
  readonly zswapAccounted: boolean;
};

type Paths = { readonly [controller: string]: string };

/** Reads files of one hierarchy. */
type Reader = {
  read(controller: string, path: string, file: string): string | null;
  has(controller: string, path: string, file: string): boolean;
};

export function readGroupTexts(
  host: Host,
  layout: CgroupLayout,
  version: 1 | 2,
  paths: Paths,
  init: { readonly cpuacctPath: string | null } | null,
): GroupTexts {
  const cgroups: Texts = {};
  const reader = groupReader(host, layout, version, cgroups);
  if (version === 1) {
    readVersion1(reader, paths, init?.cpuacctPath ?? null);
    const swapAccounted =
      reader.has('memory', '/', 'memory.memsw.limit_in_bytes') &&
      reader.has('memory', '/', 'memory.memsw.usage_in_bytes');
    return { cgroups, swapAccounted, zswapAccounted: false };
  }
  readVersion2(reader, paths);
  return { cgroups, ...accounted(host, layout.v2) };
}

function groupReader(host: Host, layout: CgroupLayout, version: 1 | 2, into: Texts): Reader {
  const fileOf = (controller: string, path: string, file: string) => {
    const mount = version === 1 ? layout.v1[controller] : layout.v2;
    const directory = mount == null ? null : cgroupDirectory(mount, path);
    return directory === null ? null : `${directory}/${file}`;
  };
  return {
    read: (controller, path, file) => {
      const name = fileOf(controller, path, file);
      const text = name === null ? null : host.readText(name, 'unsupported');
      if (text?.status !== 'ok') {
        return null;
      }
      into[`${version === 1 ? controller : 'unified'}:${path}:${file}`] = text.value;
      return text.value;
    },
    has: (controller, path, file) => {
      const name = fileOf(controller, path, file);
      return name !== null && host.stat(name, 'unsupported').status === 'ok';
    },
  };
}

/** What ends the search for an effective file: text of any kind. */
function isTold(text: string | null): boolean {
  return text !== null && text.trim() !== '';
}

function readCpuset({ read }: Reader, path: string): void {
  for (const at of [path, ...pathsAbove(path)]) {
    for (const file of ['cpuset.cpus', 'cpuset.cpus.effective']) {
      if (isTold(read('cpuset', at, file))) {
        return;
      }
    }
  }
}

/** CFQ's files, the first of which is missing since Linux 5.0. */
const BLKIO = [
  'blkio.io_serviced_recursive',
  'blkio.io_merged_recursive',
  'blkio.io_service_bytes_recursive',
  'blkio.io_wait_time_recursive',
  'blkio.io_service_time_recursive',
];

function readVersion1(reader: Reader, paths: Paths, busyPath: string | null): void {
  const { read } = reader;
  const { memory, cpuset, blkio } = paths;
  if (memory !== undefined) {
    const path = prunedPath(memory);
    for (const file of ['usage_in_bytes', 'stat', 'memsw.usage_in_bytes', 'swappiness', 'kmem.slabinfo']) {
      read('memory', path, `memory.${file}`);
    }
    read('memory', '/', 'memory.kmem.slabinfo');
    for (const at of [path, ...pathsAbove(path)]) {
      read('memory', at, 'memory.limit_in_bytes');
      read('memory', at, 'memory.memsw.limit_in_bytes');
    }
  }
  if (cpuset !== undefined) {
    const path = prunedPath(cpuset);
    readCpuset(reader, path);
    read('cpu', path, 'cpu.cfs_quota_us');
    read('cpu', path, 'cpu.cfs_period_us');
    if (read('cpuacct', path, 'cpuacct.usage_all') === null) {
      read('cpuacct', path, 'cpuacct.usage_percpu');
    }
  }
  if (busyPath !== null) {
    read('cpuacct', prunedPath(busyPath), 'cpuacct.usage');
  }
  if (blkio !== undefined) {
    BLKIO.every((file) => read('blkio', prunedPath(blkio), file) !== null);
  }
}

function readVersion2(reader: Reader, paths: Paths): void {
  const { read } = reader;
  const unified = paths['memory'] ?? paths['cpu'] ?? paths['cpuset'];
  if (unified === undefined) {
    return;
  }
  const path = prunedPath(unified);
  const below = [path, ...pathsAbove(path).filter((at) => at !== '/')];
  read('memory', path, 'memory.stat');
  for (const at of below) {
    for (const file of ['memory.max', 'memory.current', 'memory.swap.max', 'memory.swap.current', 'cpu.max']) {
      read('memory', at, file);
    }
  }
  for (const file of ['memory.swap.max', 'memory.swap.current']) {
    read('memory', '/', file);
  }
  if (paths['cpuset'] !== undefined) {
    readCpuset(reader, path);
  }
  for (const file of ['cpu.pressure', 'memory.pressure']) {
    read('cpu', '/', file);
    read('cpu', path, file);
  }
}

/** Looked for in the groups below the root: the root itself has none of these files. */
function accounted(host: Host, mount: CgroupMount | null): Pick<GroupTexts, 'swapAccounted' | 'zswapAccounted'> {
  const children = mount === null ? [] : valueOr(host.list(mount.mountPoint, 'unsupported'), []);
  const any = (file: string) =>
    children.some((name) => host.stat(`${mount?.mountPoint}/${name}/${file}`, 'unsupported').status === 'ok');
  return { swapAccounted: any('memory.swap.current'), zswapAccounted: any('memory.zswap.current') };
}
