import type { CgroupLayout } from '../../model/cgroup/layout.ts';
import { valueOr } from '../../model/reading.ts';
import { cgroupLayout } from '../../probes/cgroup/layout.ts';
import { parseMountinfo } from '../../probes/proc/mountinfo.ts';
import { readTextFile } from '../../runtime/state/read-text-file.ts';

/** Where this process sees the cgroup hierarchies. */
export function ownCgroupLayout(): CgroupLayout {
  return cgroupLayout(valueOr(parseMountinfo(readTextFile('/proc/self/mountinfo') ?? ''), []));
}
