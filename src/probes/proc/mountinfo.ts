import type { MountLine } from '../../model/mountinfo.ts';
import { flatMapReading, garbled, ok, type Reading } from '../../model/reading.ts';
import type { Host } from '../host.ts';
import { decimal, decodeOctal, linesOf } from '../kernel-text.ts';

const FIXED_FIELDS = 6;

/**
 * proc_pid_mountinfo(5). Fields are split on spaces first, since the number of optional fields varies up to the lone
 * `-`; escapes are decoded per field. Super options are split on literal commas before decoding: a comma in a path is
 * `\054` there.
 */
export function parseMountinfo(text: string, path = '/proc/PID/mountinfo'): Reading<readonly MountLine[]> {
  const mounts: MountLine[] = [];
  for (const line of linesOf(text)) {
    const mount = parseMountLine(line);
    if (mount === null) {
      return garbled(path, line);
    }
    mounts.push(mount);
  }
  return ok(mounts);
}

function parseMountLine(line: string): MountLine | null {
  const fields = line.split(' ');
  const dash = fields.indexOf('-', FIXED_FIELDS);
  const id = decimal(fields[0]);
  const parent = decimal(fields[1]);
  const [device, root, target, options] = fields.slice(2, FIXED_FIELDS);
  const fsType = fields[dash + 1];
  const source = fields[dash + 2];
  if (dash < 0 || id === null || parent === null || options === undefined || fsType === undefined) {
    return null;
  }
  return {
    id,
    parent,
    device: device ?? '',
    root: decodeOctal(root ?? ''),
    target: decodeOctal(target ?? ''),
    options: options.split(','),
    propagation: fields.slice(FIXED_FIELDS, dash),
    fsType: decodeOctal(fsType),
    source: decodeOctal(source ?? ''),
    superOptions: fields
      .slice(dash + 3)
      .join(' ')
      .split(',')
      .map(decodeOctal),
  };
}

/** The mounts that a process sees. A zombie's mountinfo answers EINVAL, which reads as gone. */
export function readMountinfo(host: Host, pid: number | 'self'): Reading<readonly MountLine[]> {
  const path = `/proc/${pid}/mountinfo`;
  return flatMapReading(host.readText(path, 'gone'), (text) => parseMountinfo(text, path));
}
