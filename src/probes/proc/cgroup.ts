import type { CgroupMembership } from '../../model/process.ts';
import { garbled, ok, type Reading } from '../../model/reading.ts';
import { decimal, linesOf } from '../kernel-text.ts';

const DELETED = ' (deleted)';

/**
 * /proc/PID/cgroup, cgroups(7): `id:controllers:path`. A path may hold colons, so only the first two split. Paths are
 * relative to the reader's cgroup namespace: what lies outside it begins with `/..`.
 */
export function parseProcCgroup(text: string, path = '/proc/PID/cgroup'): Reading<readonly CgroupMembership[]> {
  const memberships: CgroupMembership[] = [];
  for (const line of linesOf(text)) {
    const first = line.indexOf(':');
    const second = line.indexOf(':', first + 1);
    const hierarchy = decimal(line.slice(0, first));
    const group = line.slice(second + 1);
    if (first < 1 || second < 0 || hierarchy === null || !group.startsWith('/')) {
      return garbled(path, line);
    }
    const deleted = group.endsWith(DELETED);
    const controllers = line.slice(first + 1, second);
    memberships.push({
      hierarchy,
      controllers: controllers === '' ? [] : controllers.split(','),
      path: deleted ? group.slice(0, -DELETED.length) : group,
      deleted,
    });
  }
  return ok(memberships);
}
