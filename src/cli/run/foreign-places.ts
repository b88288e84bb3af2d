import type { CgroupLayout, CgroupMount } from '../../model/cgroup/layout.ts';
import type { Container } from '../../model/document/container.ts';
import { valueOr } from '../../model/reading.ts';
import { cgroupDirectory } from '../../probes/cgroup/layout.ts';
import { parseProcCgroup } from '../../probes/proc/cgroup.ts';
import type { GroupPlaces } from '../../runtime/cgroups/live-change.ts';
import { readTextFile } from '../../runtime/state/read-text-file.ts';

/** The groups that a process is in now. */
export function placesOfProcess(layout: CgroupLayout, pid: number): GroupPlaces {
  const memberships = valueOr(parseProcCgroup(readTextFile(`/proc/${pid}/cgroup`) ?? ''), []);
  return placesFrom(layout, (controller) => {
    return memberships.find(({ controllers }) =>
      controller === null ? controllers.length === 0 : controllers.includes(controller),
    )?.path;
  });
}

/** The groups of a container, which are not always those of its processes: they may have made some below. */
export function placesOfContainer(layout: CgroupLayout, { cgroup }: Container): GroupPlaces {
  const paths: { readonly [key: string]: string } = cgroup?.paths ?? {};
  return placesFrom(layout, (controller) => paths[controller === null ? 'unified' : controller.replace(/^name=/, '')]);
}

function placesFrom(layout: CgroupLayout, pathOf: (controller: string | null) => string | undefined): GroupPlaces {
  const v1 = Object.entries(layout.v1).flatMap(([controller, mount]): [string, string][] => {
    const directory = groupDirectory(mount, pathOf(controller));
    return directory === null ? [] : [[controller, directory]];
  });
  return {
    v1: Object.fromEntries(v1),
    v2: layout.v2 === null ? null : groupDirectory(layout.v2, pathOf(null)),
    unified: layout.kind === 'unified',
  };
}

/** The root group is everybody's: it is none of a container's. */
function groupDirectory(mount: CgroupMount, path: string | undefined): string | null {
  return path === undefined || path === '/' ? null : cgroupDirectory(mount, path);
}
