import type { Container } from '../../model/document/container.ts';
import type { Layers } from '../../model/document/layers.ts';
import { type Union, unionOf } from '../../model/layers/union.ts';
import { rootMount } from '../../model/mount-tree.ts';
import { valueOr } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import { readMountinfo } from '../proc/mountinfo.ts';
import { type Branches, openBranches } from './open-branches.ts';

export type OpenUnion = {
  readonly union: Union;
  readonly branches: Branches;
  /** Where the writable branch is; null: there is none, or the kernel does not make the union. */
  readonly watchable: string | null;
};

/** The union that a container stands on, its branches open to be read; null where its root is none. */
export function openUnion(
  host: Host,
  { init, security }: Pick<Container, 'init' | 'security'>,
  layers: Layers,
): OpenUnion | null {
  const union = unionOf(layers, hasMetacopyByDefault(host));
  if (union === null) {
    return null;
  }
  const shift = security !== null && init !== null && isShifted(host, init.pid) ? security : null;
  const mounts = valueOr(readMountinfo(host, 'self'), []);
  const written = layers.branches.find(({ index }) => index === union.writable);
  return {
    union,
    branches: openBranches(host, union, layers.branches, mounts, shift),
    watchable: layers.driver === 'overlay' ? (written?.path ?? null) : null,
  };
}

/** Whether the overlay module of this host writes and follows metacopies where a mount does not say it. */
function hasMetacopyByDefault(host: Host): boolean {
  const parameter = host.readText('/sys/module/overlay/parameters/metacopy', 'unsupported');
  return parameter.status !== 'ok' || parameter.value.startsWith('Y');
}

/**
 * Whether the layers below the writable one are seen through the ids of the container's user namespace (mount_setattr(2),
 * MOUNT_ATTR_IDMAP): each is a mount of its own then, and the overlay names it `/`.
 */
function isShifted(host: Host, pid: number): boolean {
  const root = rootMount(valueOr(readMountinfo(host, pid), []));
  const lowers = (root?.superOptions ?? []).filter((option) => option.startsWith('lowerdir+='));
  return lowers.length > 0 && lowers.every((option) => option === 'lowerdir+=/');
}
