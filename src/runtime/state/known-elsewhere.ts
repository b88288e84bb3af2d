import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import {
  CONTAINERD_STATES,
  CONTAINERD_TASKS,
  DOCKER_DATA_AT_HOME,
  DOCKER_DATA_ROOT,
  LXC_PATH,
  MACHINES,
  OCI_RUNTIMES,
  PODMAN_STORAGE_AT_HOME,
  PODMAN_STORAGE_ROOT,
} from '../../model/engine-places.ts';
import { namesIn } from './names-in.ts';
import { readTextFile } from './read-text-file.ts';

/** Where runtimes and machine managers keep one entry for each container, called by its name or id. */
const BY_NAME = [...OCI_RUNTIMES.map((runtime) => `/run/${runtime}`), LXC_PATH, MACHINES];
const DOCKER = [DOCKER_DATA_ROOT, `${homedir()}/${DOCKER_DATA_AT_HOME}`];
const PODMAN = [PODMAN_STORAGE_ROOT, `${homedir()}/${PODMAN_STORAGE_AT_HOME}`];

/**
 * Whether another engine may know a container by this name, or by an id that begins so, by the files at its usual places:
 * a few milliseconds less than a look at the whole host. True where that cannot be told.
 */
export function isKnownElsewhere(ref: string): boolean {
  const begins = (name: string) => name === ref || (ref.length >= LEAST_PREFIX && name.startsWith(ref));
  const tasks = CONTAINERD_STATES.map((state) => `${state}/${CONTAINERD_TASKS}`);
  const entries = [...BY_NAME, ...tasks.flatMap((at) => namesIn(at).map((space) => `${at}/${space}`))];
  return (
    entries.some((directory) => namesIn(directory).some(begins)) ||
    DOCKER.some((root) => isInDocker(`${root}/containers`, ref, begins)) ||
    PODMAN.some((root) => isInPodman(root, ref, begins))
  );
}

/** Shorter ones mean no id. */
const LEAST_PREFIX = 4;

function isInDocker(containers: string, ref: string, begins: (name: string) => boolean): boolean {
  try {
    return readdirSync(containers).some(
      (id) => begins(id) || readTextFile(`${containers}/${id}/config.v2.json`)?.includes(`"/${ref}"`) === true,
    );
  } catch (error) {
    // Nobody but root looks into Docker's.
    return (error as NodeJS.ErrnoException).code === 'EACCES';
  }
}

function isInPodman(root: string, ref: string, begins: (name: string) => boolean): boolean {
  return ['overlay-containers', 'vfs-containers'].some((kind) => {
    const text = readTextFile(`${root}/${kind}/containers.json`);
    return text?.includes(`"${ref}"`) === true || namesIn(`${root}/${kind}`).some(begins);
  });
}
