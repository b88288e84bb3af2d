import type { CgroupLayout } from '../../model/cgroup/layout.ts';
import type { MountLine } from '../../model/mountinfo.ts';
import type { ViewFile } from '../../model/procview/input.ts';
import { viewPath } from '../../model/procview/input.ts';
import type { Cover, LxcfsMount, ProcfsSample, SeenFile } from '../../model/procview/sample.ts';
import { valueOr } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import { readInside } from '../read-inside.ts';
import { LXCFS_TYPE, lxcfsMountOf } from './lxcfs-mount.ts';
import { readHostFiles, readViewInput } from './view-input.ts';

/** More than any of these files has: slabinfo of a big host is the longest, cpuinfo of 512 CPUs has 800 KiB. */
const MOST_BYTES = 4 * 1024 * 1024;

type Asked = {
  readonly layout: CgroupLayout;
  /** Of the container. */
  readonly mountinfo: readonly MountLine[];
  readonly files: readonly ViewFile[];
};

/** What a container's processes see in /proc beside everything that lxcfs would show them. */
export function readProcfs(host: Host, pid: number, { layout, mountinfo, files }: Asked): ProcfsSample {
  const { texts, unread } = readHostFiles(host, files);
  const lxcfs = lxcfsMountOf(host, pid, mountinfo);
  const seen = files.map((file) => [file, readSeen(host, pid, file, mountinfo, lxcfs)] as const);
  const status = valueOr(host.readText(`/proc/${pid}/status`, 'gone'), '');
  return {
    input: readViewInput(host, pid, layout, texts),
    seen: Object.fromEntries(seen),
    unread,
    lxcfs,
    affinity: /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? null,
  };
}

function readSeen(
  host: Host,
  pid: number,
  file: ViewFile,
  mounts: readonly MountLine[],
  lxcfs: LxcfsMount | null,
): SeenFile {
  const path = viewPath(file);
  const cover = coverOf(path, mounts);
  const answersOthers = cover === 'lxcfs' && lxcfs?.stale === false;
  return { cover, text: answersOthers ? null : readInside(host, pid, path, MOST_BYTES, mounts, LXCFS_TYPE) };
}

/** The mount that a path is found on: the longest target above it, of several the last. */
function coverOf(path: string, mounts: readonly MountLine[]): Cover {
  let over: MountLine | null = null;
  for (const mount of mounts) {
    const isAbove = mount.target === '/' || path === mount.target || path.startsWith(`${mount.target}/`);
    if (isAbove && mount.target.length >= (over?.target.length ?? 0)) {
      over = mount;
    }
  }
  if (over?.fsType === LXCFS_TYPE) {
    return 'lxcfs';
  }
  return over?.fsType === 'proc' || over?.fsType === 'sysfs' ? 'kernel' : 'masked';
}
