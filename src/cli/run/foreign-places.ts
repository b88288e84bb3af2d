import type { CgroupLayout } from '../../model/cgroup/layout.ts';
import type { CgroupMembership } from '../../model/process.ts';
import { valueOr } from '../../model/reading.ts';
import { directoriesOfMemberships, placesOfMemberships } from '../../probes/cgroup/container-places.ts';
import { parseProcCgroup } from '../../probes/proc/cgroup.ts';
import type { GroupPlaces } from '../../runtime/cgroups/live-change.ts';
import { readTextFile } from '../../runtime/state/read-text-file.ts';

/** The groups that a process is in now. */
export function placesOfProcess(layout: CgroupLayout, pid: number): GroupPlaces {
  return placesOfMemberships(layout, membershipsOf(pid));
}

/** The same with the root group where it is in that. */
export function directoriesOfProcess(layout: CgroupLayout, pid: number): GroupPlaces {
  return directoriesOfMemberships(layout, membershipsOf(pid));
}

function membershipsOf(pid: number): readonly CgroupMembership[] {
  return valueOr(parseProcCgroup(readTextFile(`/proc/${pid}/cgroup`) ?? ''), []);
}
