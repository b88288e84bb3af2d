import { loadLibrary } from '../native/library.ts';
import type { Host, HostRoots } from './host.ts';
import { keptDescriptors } from './host-kept.ts';
import { nativeHost } from './host-native.ts';
import { nodeHost } from './host-node.ts';
import { hostPaths } from './host-paths.ts';

/**
 * So many processes at once pay for loading the native library: 15 to 19 ms once, against some 26 µs saved on each
 * process of a first scan.
 */
const WORTH_LOADING = 650;

type OpenOptions = {
  /** `true`: the native library from the start, `false`: never. Otherwise it is loaded when it pays. */
  readonly native?: boolean;
};

/** This machine, or a captured tree below other roots. Where the native library cannot be loaded, plain Node serves. */
export function openHost(roots: Partial<HostRoots> = {}, { native }: OpenOptions = {}): Host {
  const paths = hostPaths(roots);
  const kept = keptDescriptors();
  const plain = nodeHost(paths, kept);
  if (!paths.live || native === false) return plain;
  let best = plain;
  let tried = false;
  const loaded = (): Host => {
    if (tried) return best;
    tried = true;
    const { library } = loadLibrary();
    if (library !== null) best = nativeHost(plain, library, paths.map, kept);
    return best;
  };
  if (native) return loaded();
  const forMany = (count: number) => (count < WORTH_LOADING ? best : loaded());
  return {
    ...plain,
    readGroups: (groups) => forMany(groups.length).readGroups(groups),
    readKept: (kernelPaths) => forMany(kernelPaths.length).readKept(kernelPaths),
    readInside: (pid, path, maxBytes) => best.readInside(pid, path, maxBytes),
    // Node has no ioctl: only the library can tell.
    namespaceFacts: (path) => loaded().namespaceFacts(path),
    namespacesIn: (holders, kernelPaths) => loaded().namespacesIn?.(holders, kernelPaths) ?? null,
    namespaceFactsMany: (kernelPaths) => loaded().namespaceFactsMany(kernelPaths),
  };
}
