import { loadLibrary } from '../native/library.ts';
import type { Host, HostRoots } from './host.ts';
import { keptDescriptors } from './host-kept.ts';
import { nativeHost } from './host-native.ts';
import { nodeHost } from './host-node.ts';
import { hostPaths } from './host-paths.ts';

type OpenOptions = {
  /** `false`: plain Node, as where the native library is not built. */
  readonly native?: boolean;
  /**
   * `false` for one look: no file is read twice. While others may use the table of open files (Node has threads), the
   * kernel waits 2 to 8 ms for them each time that the table doubles (expand_fdtable in fs/file.c).
   */
  readonly keep?: boolean;
  /** Where the branches of unions are found: the root of a process in another mount namespace. Ours where absent. */
  readonly branchBase?: string;
};

/** This machine, or a captured tree below other roots. Where the native library cannot be loaded, plain Node serves. */
export function openHost(roots: Partial<HostRoots> = {}, { native, keep, branchBase }: OpenOptions = {}): Host {
  const paths = hostPaths(roots);
  const kept = keptDescriptors(keep === false ? 0 : undefined);
  const plain = nodeHost(paths, kept);
  if (!paths.live || native === false) return plain;
  const { library } = loadLibrary();
  return library === null ? plain : nativeHost(plain, library, paths.map, kept, branchBase);
}
