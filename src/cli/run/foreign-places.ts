import type { CgroupLayout } from '../../model/cgroup/layout.ts';
import { valueOr } from '../../model/reading.ts';
import { placesOfMemberships } from '../../probes/cgroup/container-places.ts';
import { parseProcCgroup } from '../../probes/proc/cgroup.ts';
import type { GroupPlaces } from '../../runtime/cgroups/live-change.ts';
import { readTextFile } from '../../runtime/state/read-text-file.ts';

/** The groups that a process is in now. */
export function placesOfProcess(layout: CgroupLayout, pid: number): GroupPlaces {
  return placesOfMemberships(layout, valueOr(parseProcCgroup(readTextFile(`/proc/${pid}/cgroup`) ?? ''), []));
}
