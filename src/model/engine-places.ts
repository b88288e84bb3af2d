/** Where engines and runtimes keep what they know of containers, unless they were told otherwise. */

/** dockerd(8). */
export const DOCKER_DATA_ROOT = '/var/lib/docker';

/** containers-storage.conf(5). */
export const PODMAN_STORAGE_ROOT = '/var/lib/containers/storage';

/** containerd's own service, and the one that dockerd starts. */
export const CONTAINERD_STATES = ['/run/containerd', '/run/docker/containerd/daemon'];
/** Below those: a directory per namespace, in it one per running container. */
export const CONTAINERD_TASKS = 'io.containerd.runtime.v2.task';

/** lxc.container.conf(5), `lxcpath`. */
export const LXC_PATH = '/var/lib/lxc';

/** systemd-machined(8). */
export const MACHINES = '/run/systemd/machines';

/** OCI runtimes, by the name of their directory below /run or /run/user/UID. */
export const OCI_RUNTIMES = ['runc', 'crun', 'youki'];

/** The same of an ordinary user's daemon and store, below the home directory. */
export const DOCKER_DATA_AT_HOME = '.local/share/docker';
export const PODMAN_STORAGE_AT_HOME = '.local/share/containers/storage';
