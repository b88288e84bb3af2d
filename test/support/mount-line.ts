import type { MountLine } from '../../src/model/mountinfo.ts';
import { parseMountinfo } from '../../src/probes/proc/mountinfo.ts';

/** Mounts as /proc/PID/mountinfo prints them, one a line. */
export function mountLines(text: string): readonly MountLine[] {
  const mounts = parseMountinfo(text.replace(/^\s+/gm, ''));
  if (mounts.status !== 'ok') throw new Error(`not mountinfo: ${JSON.stringify(mounts)}`);
  return mounts.value;
}
