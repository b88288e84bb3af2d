import type { CgroupLayout, CgroupMount } from '../../model/cgroup/layout.ts';
import type { Container } from '../../model/document/container.ts';
import { valueOr } from '../../model/reading.ts';
import type { Snapshot } from '../../model/snapshot.ts';
import { cgroupDirectory } from '../../probes/cgroup/layout.ts';
import { parseEngineFlags } from '../../probes/engines/choice.ts';
import { parseProcCgroup } from '../../probes/proc/cgroup.ts';
import type { GroupPlaces } from '../../runtime/cgroups/live-change.ts';
import { readTextFile } from '../../runtime/state/read-text-file.ts';
import { requestFailed } from '../failure.ts';
import { findContainerOrProcess, LISTING } from '../find-container.ts';
import type { Flags } from '../flags.ts';
import { openSession } from '../session.ts';

/** A container of any engine, or a process in none, as the inspector finds it. */
export type ForeignTarget = {
  readonly name: string;
  readonly pid: number;
  readonly container: Container | null;
};

/** What a REF means that is none of our own: the inspector looks, and only then. */
export async function foreignTarget(verb: string, ref: string, globals: Flags): Promise<ForeignTarget> {
  const found = findContainerOrProcess(await lookAround(verb, globals), ref);
  if (typeof found === 'number') {
    return { name: `pid:${found}`, pid: found, container: null };
  }
  if (found.init === null) {
    throw requestFailed(`container '${ref}'`, 'it is not running');
  }
  return { name: found.name ?? found.shortId, pid: found.init.pid, container: found };
}

/** Every container of this host, of whatever engine. */
export async function lookAround(verb: string, globals: Flags): Promise<Snapshot> {
  for (const flag of ['--proc', '--sys']) {
    if (globals.has(flag)) {
      throw requestFailed(verb, `it acts on this host, and ${flag} shows another`);
    }
  }
  const choice = parseEngineFlags([...globals.all('--engine')]);
  if (typeof choice === 'string') {
    throw requestFailed(verb, choice);
  }
  const session = openSession({ roots: {}, engines: choice, root: globals.one('--root') ?? undefined });
  try {
    return await session.look(LISTING);
  } finally {
    session.close();
  }
}

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
