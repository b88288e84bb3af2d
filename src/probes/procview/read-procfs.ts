import type { CgroupLayout } from '../../model/cgroup/layout.ts';
import type { MountLine } from '../../model/mountinfo.ts';
import { type ViewFile, viewPath } from '../../model/procview/input.ts';
import type { Cover, ProcfsSample, SeenFile } from '../../model/procview/sample.ts';
import { NO_HISTORY } from '../../model/procview/view.ts';
import { valueOr } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import { readInside } from '../read-inside.ts';
import { type FoundLxcfs, lxcfsMountOf } from './lxcfs-mount.ts';
import { readHostFiles, readViewInput } from './view-input.ts';

/** What is read inside is no longer than the host's own file, or it is not that file. */
const SPARE_BYTES = 64 * 1024;

type Asked = {
  readonly layout: CgroupLayout;
  /** Of the container. */
  readonly mountinfo: readonly MountLine[];
  readonly files: readonly ViewFile[];
};

/** What a container's processes see in /proc beside everything that lxcfs would show them at its first read. */
export function readProcfs(host: Host, pid: number, { layout, mountinfo, files }: Asked): ProcfsSample {
  const { texts, unread } = readHostFiles(host, files);
  const lxcfs = lxcfsMountOf(host, pid, mountinfo);
  const seen = files.map(
    (file) => [file, readSeen(host, pid, { file, mountinfo, lxcfs, hostText: texts[file] ?? '' })] as const,
  );
  const status = valueOr(host.readText(`/proc/${pid}/status`, 'gone'), '');
  return {
    input: readViewInput(host, pid, layout, texts),
    seen: Object.fromEntries(seen),
    unread,
    lxcfs: lxcfs?.mount ?? null,
    history: NO_HISTORY,
    affinity: /^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? null,
  };
}

type Place = {
  readonly file: ViewFile;
  readonly mountinfo: readonly MountLine[];
  readonly lxcfs: FoundLxcfs | null;
  readonly hostText: string;
};

function readSeen(host: Host, pid: number, { file, mountinfo, lxcfs, hostText }: Place): SeenFile {
  const path = viewPath(file);
  const cover = coverOf(path, mountinfo, lxcfs);
  if (cover === 'lxcfs' && lxcfs !== null) {
    return { cover, text: lxcfs.mount.stale ? { status: 'unsupported', path, code: 'ENOTCONN' } : null };
  }
  return { cover, text: readInside(host, pid, path, 2 * hostText.length + SPARE_BYTES, mountinfo) };
}

/** The mount that a path is found on: the longest target above it, of several the last. */
function coverOf(path: string, mounts: readonly MountLine[], lxcfs: FoundLxcfs | null): Cover {
  let over: MountLine | null = null;
  for (const mount of mounts) {
    const isAbove = mount.target === '/' || path === mount.target || path.startsWith(`${mount.target}/`);
    if (isAbove && mount.target.length >= (over?.target.length ?? 0)) {
      over = mount;
    }
  }
  if (over !== null && lxcfs?.devices.has(over.device) === true) {
    return 'lxcfs';
  }
  return over?.fsType === 'proc' || over?.fsType === 'sysfs' ? 'kernel' : 'masked';
}
