import { posix } from 'node:path';
import { ok, type Reading } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import { mergedDirectory, type Surroundings } from './branch-paths.ts';
import type { OverlayDirectories } from './overlay.ts';

/**
 * A FUSE mount's options do not name its branches, but containers/storage keeps them in files beside the mount point
 * `<store>/<id>/merged`: `lower` holds the short links, top first, `diff` is the writable directory.
 */
export function readFuseOverlay(host: Host, device: string, around: Surroundings): Reading<OverlayDirectories> {
  const merged = mergedDirectory(device, around);
  if (merged === null) {
    return { status: 'unsupported', path: 'fuse-overlayfs', code: 'ENOENT' };
  }
  const directory = posix.dirname(merged);
  const lower = host.readText(`${directory}/lower`, 'unsupported');
  if (lower.status !== 'ok') {
    return lower;
  }
  const store = posix.dirname(directory);
  const lowers = lower.value
    .trim()
    .split(':')
    .filter((named) => named !== '')
    .map((named) => ({ named: posix.resolve(store, named), data: false }));
  return ok({ upper: `${directory}/diff`, work: `${directory}/work`, lowers });
}
