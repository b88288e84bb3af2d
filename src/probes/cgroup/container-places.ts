import type { CgroupLayout, CgroupMount } from '../../model/cgroup/layout.ts';
import type { Container } from '../../model/document/container.ts';
import type { CgroupMembership } from '../../model/process.ts';
import { cgroupDirectory } from './layout.ts';

/** Where groups are: directories by v1 controller, and the v2 group; the root group is none of a container's. */
type GroupPlaces = {
  readonly v1: { readonly [controller: string]: string };
  readonly v2: string | null;
  /** Whether v2 has the controllers. */
  readonly unified: boolean;
};

/** The groups that a process is in. */
export function placesOfMemberships(layout: CgroupLayout, memberships: readonly CgroupMembership[]): GroupPlaces {
  return placesFrom(layout, pathIn(memberships), groupDirectory);
}

/** The same with the root group where it is in that, which is the whole hierarchy. */
export function directoriesOfMemberships(layout: CgroupLayout, memberships: readonly CgroupMembership[]): GroupPlaces {
  return placesFrom(layout, pathIn(memberships), (mount, path) => {
    return path === undefined ? null : cgroupDirectory(mount, path);
  });
}

function pathIn(memberships: readonly CgroupMembership[]): (controller: string | null) => string | undefined {
  return (controller) =>
    memberships.find(({ controllers }) =>
      controller === null ? controllers.length === 0 : controllers.includes(controller),
    )?.path;
}

/** The groups of a container, which are not always those of its processes: they may have made some below. */
export function placesOfContainer(layout: CgroupLayout, { cgroup }: Pick<Container, 'cgroup'>): GroupPlaces {
  const paths: { readonly [key: string]: string } = cgroup?.paths ?? {};
  const pathOf = (controller: string | null) =>
    paths[controller === null ? 'unified' : controller.replace(/^name=/, '')];
  return placesFrom(layout, pathOf, groupDirectory);
}

function placesFrom(
  layout: CgroupLayout,
  pathOf: (controller: string | null) => string | undefined,
  directoryOf: (mount: CgroupMount, path: string | undefined) => string | null,
): GroupPlaces {
  const v1 = Object.entries(layout.v1).flatMap(([controller, mount]): [string, string][] => {
    const directory = directoryOf(mount, pathOf(controller));
    return directory === null ? [] : [[controller, directory]];
  });
  return {
    v1: Object.fromEntries(v1),
    v2: layout.v2 === null ? null : directoryOf(layout.v2, pathOf(null)),
    unified: layout.kind === 'unified',
  };
}

/** The root group is everybody's. */
function groupDirectory(mount: CgroupMount, path: string | undefined): string | null {
  return path === undefined || path === '/' ? null : cgroupDirectory(mount, path);
}
