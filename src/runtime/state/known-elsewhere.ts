import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { namesIn } from './names-in.ts';
import { readTextFile } from './read-text-file.ts';

/** Where runtimes and machine managers keep one entry for each container, called by its name or id. */
const BY_NAME = ['/run/crun', '/run/runc', '/run/youki', '/var/lib/lxc', '/run/systemd/machines'];
const CONTAINERD = '/run/containerd/io.containerd.runtime.v2.task';
const DOCKER = ['/var/lib/docker', `${homedir()}/.local/share/docker`];
const PODMAN = ['/var/lib/containers/storage', `${homedir()}/.local/share/containers/storage`];

/**
 * Whether another engine may know a container by this name, or by an id that begins so, by the files at its usual places:
 * a few milliseconds less than a look at the whole host. True where that cannot be told.
 */
export function isKnownElsewhere(ref: string): boolean {
  const begins = (name: string) => name === ref || (ref.length >= LEAST_PREFIX && name.startsWith(ref));
  const entries = [...BY_NAME, ...namesIn(CONTAINERD).map((space) => `${CONTAINERD}/${space}`)];
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
