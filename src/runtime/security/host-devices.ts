import { type BigIntStats, readdirSync, statSync } from 'node:fs';
import type { DeviceNode } from '../spec.ts';

/** Of /dev, what a container has of its own, or what is none of its business. */
const LEFT_OUT = new Set(['/dev/console', '/dev/fd', '/dev/mqueue', '/dev/pts', '/dev/ptmx', '/dev/shm']);

/** The device at `path`, a link followed, or those below it when it is a directory; none where there is nothing. */
export function findHostDevices(path: string): readonly DeviceNode[] {
  const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
  if (stats === undefined) return [];
  return stats.isDirectory() ? devicesBelow(path) : deviceOf(path, stats);
}

/** All of the host's, for a privileged container. */
export function allHostDevices(): readonly DeviceNode[] {
  return devicesBelow('/dev');
}

function devicesBelow(directory: string): readonly DeviceNode[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry): readonly DeviceNode[] => {
    const path = `${directory}/${entry.name}`;
    if (LEFT_OUT.has(path)) return [];
    if (entry.isDirectory()) return devicesBelow(path);
    if (!entry.isCharacterDevice() && !entry.isBlockDevice()) return [];
    const stats = statSync(path, { bigint: true, throwIfNoEntry: false });
    return stats === undefined ? [] : deviceOf(path, stats);
  });
}

function deviceOf(path: string, stats: BigIntStats): readonly DeviceNode[] {
  if (!stats.isCharacterDevice() && !stats.isBlockDevice()) return [];
  const { rdev } = stats;
  return [
    {
      path,
      type: stats.isBlockDevice() ? 'b' : 'c',
      // makedev(3): twelve bits of the major above eight of the minor, the rest of both above these.
      major: Number(((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & ~0xfffn)),
      minor: Number((rdev & 0xffn) | ((rdev >> 12n) & 0xffff_ff00n)),
      mode: Number(stats.mode & 0o777n),
      uid: Number(stats.uid),
      gid: Number(stats.gid),
    },
  ];
}
